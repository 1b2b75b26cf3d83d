using DurableChat.Chats;
using DurableChat.Feeds;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>
/// Translates a feed's events into the chunks of one turn. Status and error are states: the first status comes before
/// the messages that lead to it, so it counts only once the subscription has caught up. The first
/// <c>queue_update</c> shows that.
/// <code>
///   in the queue ─▶ its user message ─▶ answers, results ─▶ the chat waits, has failed, asks the client,
///        │                                    │             or the next user message
///        │ removed from the queue             │ history is rewritten
///        └──────────────▶ abort ◀─────────────┘
/// </code>
/// Not thread-safe.
/// </summary>
internal sealed class TurnTranslator(TurnOrAnswer.Turn turn, UiChunkWriter chunks)
{
    private readonly StepWriter _steps = new(
        chunks, turn.Chat.ClientTools.Select(tool => tool.Name).ToHashSet(StringComparer.Ordinal));
    private bool _hasStarted;
    private bool _caughtUp;
    private ChatStatus? _status;
    private ChatError? _error;
    private FinishReason? _finished;

    /// <summary>True once the end of the turn has been sent.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Sends the beginning, if the turn has begun.</summary>
    public void Begin()
    {
        if (turn.QueuedId is null)
        {
            Start(turn.UserMessageId);
        }
    }

    /// <summary>Translates events.</summary>
    public void Translate(IReadOnlyList<StreamEvent> events)
    {
        TranslateAll(events);
        if (HasEnded || !_caughtUp)
        {
            return;
        }

        if (_hasStarted && _status is ChatStatus.Waiting or ChatStatus.Error or ChatStatus.RequiresAction)
        {
            End(_status);
        }
        else if (!_hasStarted && _status == ChatStatus.Error)
        {
            // The queue does not start automatically after a failure.
            Fail("The turn before failed; the message waits in the queue.");
        }
    }

    /// <summary>Sends an error: the turn will have no end.</summary>
    public void Fail(string text)
    {
        _steps.Close();
        chunks.Error(text);
        chunks.Done();
        HasEnded = true;
    }

    private void TranslateAll(IEnumerable<StreamEvent> events)
    {
        foreach (var streamEvent in events)
        {
            if (HasEnded)
            {
                return;
            }

            Translate(streamEvent);
        }
    }

    private void Translate(StreamEvent streamEvent)
    {
        switch (streamEvent.Type)
        {
            case StreamEventType.Status:
                _status = StateEvent.Of(streamEvent).Status;
                break;
            case StreamEventType.Error:
                _error = StateEvent.Of(streamEvent).Error;
                break;
            case StreamEventType.QueueUpdate:
                _caughtUp = true;
                if (!_hasStarted && StateEvent.Of(streamEvent).Queue!.All(waiting => waiting.Id != turn.QueuedId))
                {
                    // A feed sends a user message before the queue without it. So this message was removed, or a
                    // replica of an older version, which does not number user messages, has begun its turn.
                    Abort();
                }

                break;
            case StreamEventType.ToolProgress:
                // The AI SDK has no chunk for these events.
                break;
            case StreamEventType.Message when !_hasStarted:
                StartIfOwn(((MessageEvent)streamEvent).ToMessage());
                break;
            case var _ when !_hasStarted:
                // Events of earlier turns.
                break;
            case StreamEventType.Message:
                Translate(((MessageEvent)streamEvent).ToMessage());
                break;
            case StreamEventType.MessagePart:
                var part = PartEvent.Of(streamEvent);
                _steps.AddLive(part.Generation, part.Part);
                break;
            case StreamEventType.PreviewReset:
                _steps.Discard();
                break;
            case StreamEventType.HistoryReset:
                Abort();
                break;
            case StreamEventType.Retry:
                TellRetry(StateEvent.Of(streamEvent));
                break;
        }
    }

    private void Translate(Message message)
    {
        switch (message.Role)
        {
            case MessageRole.User:
                End(null);
                break;
            case MessageRole.Assistant:
                _steps.Commit(message);
                _finished = message.FinishReason;
                break;
            case MessageRole.Tool:
                _steps.AddResults(message);
                _finished = null;
                break;
        }
    }

    private void StartIfOwn(Message message)
    {
        if (message.QueuedId == turn.QueuedId)
        {
            Start(message.Id);

            // The status is still that of the previous turn. The present status arrives with the queue without the
            // message.
            _caughtUp = false;
        }
    }

    private void Start(long? userMessageId)
    {
        chunks.Start(userMessageId is { } id ? AiSdkIds.OfTurn(id) : null);
        _hasStarted = true;
    }

    private void TellRetry(StateEvent retry) => chunks.Data("retry", isTransient: true, json =>
    {
        json.WriteNumber("attempt"u8, retry.Attempt);
        json.WriteNumber("max_attempts"u8, retry.MaxAttempts);
        json.WriteString("retry_at"u8, retry.RetryAt!.Value);
        json.WriteString("code"u8, retry.Error!.Code);
        json.WriteString("message"u8, retry.Error.Message);
        if (retry.Model is { } model)
        {
            json.WriteString("model"u8, model);
        }
    });

    /// <param name="status">The status in which the turn ends; null if the next turn has already begun.</param>
    private void End(ChatStatus? status)
    {
        if (status == ChatStatus.Error)
        {
            Fail(_error?.Message ?? "The turn failed.");
        }
        else if (status == ChatStatus.RequiresAction || _finished is FinishReason.Stop or FinishReason.Length
            or FinishReason.ContentFilter or FinishReason.StepLimit)
        {
            _steps.Close();
            chunks.Finish(UiPart.ReasonOf(_finished));
            chunks.Done();
            HasEnded = true;
        }
        else
        {
            Abort();
        }
    }

    private void Abort()
    {
        _steps.Close();
        chunks.Abort();
        chunks.Done();
        HasEnded = true;
    }
}
