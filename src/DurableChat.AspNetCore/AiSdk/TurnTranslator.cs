using DurableChat.Chats;
using DurableChat.Feeds;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>
/// Tells one turn from a feed's events. Status and error are states: the first status comes before the messages that lead to it, so what they say counts once the subscription has caught up, which the first
/// <c>queue_update</c> shows.
/// <code>
///   in the queue ─▶ its user message ─▶ answers, results ─▶ the chat waits, has failed, asks the client, or the next user message
///        │ taken out of it                     │ history is rewritten
///        └──────────────▶ abort ◀──────────────┘
/// </code>
/// Not thread-safe.
/// </summary>
internal sealed class TurnTranslator(TurnOrAnswer.Turn turn, UiChunkWriter chunks)
{
    private readonly StepWriter _steps = new(chunks, turn.Chat.ClientTools.Select(tool => tool.Name).ToHashSet(StringComparer.Ordinal));
    private int _ahead = turn.Queued?.Ahead ?? 0;
    private bool _hasStarted;
    private bool _caughtUp;
    private ChatStatus? _status;
    private ChatError? _error;
    private FinishReason? _finished;

    /// <summary>True once the client has been told the end.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Tells the beginning, if the turn has begun.</summary>
    public void Begin()
    {
        if (turn.Queued is null)
        {
            Start(turn.UserMessageId);
        }
    }

    /// <summary>Tells what events say.</summary>
    public void Translate(IReadOnlyList<StreamEvent> events)
    {
        foreach (var streamEvent in events)
        {
            Translate(streamEvent);
            if (HasEnded)
            {
                return;
            }
        }

        if (_hasStarted && _caughtUp && _status is ChatStatus.Waiting or ChatStatus.Error or ChatStatus.RequiresAction)
        {
            End(_status);
        }
    }

    /// <summary>Tells that there will be no end of the turn.</summary>
    public void Fail(string text)
    {
        _steps.Close();
        chunks.Error(text);
        chunks.Done();
        HasEnded = true;
    }

    private void Translate(StreamEvent streamEvent)
    {
        switch (streamEvent.Type)
        {
            case StreamEventType.Message:
                Translate(((MessageEvent)streamEvent).ToMessage());
                break;
            case StreamEventType.MessagePart when _hasStarted:
                var part = PartEvent.Of(streamEvent);
                _steps.AddLive(part.Generation, part.Part);
                break;
            case StreamEventType.PreviewReset when _hasStarted:
                _steps.Discard();
                break;
            case StreamEventType.HistoryReset when _hasStarted:
                Abort();
                break;
            case StreamEventType.Status:
                _status = StateEvent.Of(streamEvent).Status;
                break;
            case StreamEventType.Error:
                _error = StateEvent.Of(streamEvent).Error;
                break;
            case StreamEventType.Retry when _hasStarted:
                TellRetry(StateEvent.Of(streamEvent));
                break;
            case StreamEventType.QueueUpdate:
                _caughtUp = true;
                if (!_hasStarted && StateEvent.Of(streamEvent).Queue!.All(queued => queued.Id != turn.Queued!.QueuedId))
                {
                    Abort();
                }

                break;
        }
    }

    private void Translate(Message message)
    {
        switch (message.Role)
        {
            case MessageRole.User when _hasStarted:
                End(null);
                break;
            case MessageRole.User when IsQueued(message):
                Start(message.Id);

                // What was known is of the turn before; what the first status said, though, may be of this one's end.
                _status = _caughtUp ? null : _status;
                break;
            case MessageRole.Assistant when _hasStarted:
                _steps.Commit(message);
                _finished = message.FinishReason;
                break;
            case MessageRole.Tool when _hasStarted:
                _steps.AddResults(message);
                _finished = null;
                break;
        }
    }

    /// <summary>After a rewrite the whole history comes, but ids only rise.</summary>
    private bool IsQueued(Message message) =>
        message.Id > turn.After.MessageId && message.Parts is [TextPart { Text: var text }] && text == turn.Queued!.Content && _ahead-- == 0;

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
    });

    /// <param name="status">The status it ends in; null if the next turn has begun already.</param>
    private void End(ChatStatus? status)
    {
        if (status == ChatStatus.Error)
        {
            Fail(_error?.Message ?? "The turn failed.");
        }
        else if (status == ChatStatus.RequiresAction || _finished is FinishReason.Stop or FinishReason.Length or FinishReason.ContentFilter or FinishReason.StepLimit)
        {
            _steps.Close();
            chunks.Finish();
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
