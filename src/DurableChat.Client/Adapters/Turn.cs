using Microsoft.Extensions.AI;

namespace DurableChat.Client.Adapters;

/// <summary>
/// One turn of a chat, from the program's message to the end of the answer, read from the chat's stream. Used by one
/// caller at a time.
/// </summary>
internal sealed class Turn
{
    private readonly Request _request;
    private readonly bool _isLive;

    /// <summary>The part of the answer in flight that the program has received.</summary>
    private readonly AnswerReader _answer;
    private readonly long _version;
    private long _beginsAt;
    private long _generation;
    private long _lastMessageId;
    private QueueWatch? _queue;

    /// <summary>True if the chat is waiting, as far as is known.</summary>
    private bool _isWaiting;

    /// <summary>The message that must be seen before it makes sense to check whether an answer will come.</summary>
    private long _awaited;

    private Turn(string chatId, long afterMessageId, long version, Request request, bool isLive)
    {
        ChatId = chatId;
        AfterMessageId = _lastMessageId = _beginsAt = afterMessageId;
        _version = version;
        _request = request;
        _isLive = isLive;
        _answer = new AnswerReader(request.Tools.Select(tool => tool.Name).ToHashSet(StringComparer.Ordinal));
    }

    public string ChatId { get; }

    /// <summary>The message after which to follow the turn.</summary>
    public long AfterMessageId { get; }

    /// <summary>The message's number in the queue while it waits there. Otherwise null.</summary>
    public long? QueuedId { get; private set; }

    public bool IsOver { get; private set; }

    /// <summary>
    /// True if the chat is waiting and the answer has not been seen: it may still arrive, or there is none. For a
    /// queued message, true if it may have been removed from the queue.
    /// </summary>
    public bool MayBeOver => (_queue?.IsInDoubt ?? _isWaiting) && _lastMessageId >= _awaited;

    /// <summary>Sends the program's request.</summary>
    public static async Task<Turn> BeginAsync(
        DurableChatClient client,
        Request request,
        string? model,
        bool isLive,
        CancellationToken cancellationToken)
    {
        if (request.ChatId is not { } id)
        {
            var chat = new NewChatRequest(request.Text!)
            {
                Model = model,
                MessageSettings = request.Settings,
                ClientTools = request.Tools.Count == 0 ? null : request.Tools,
            };
            var made = await client.CreateChatAsync(chat, cancellationToken: cancellationToken).ConfigureAwait(false);
            return new Turn(made.Id, made.LastMessageId, made.Version, request, isLive);
        }

        var before = await client.GetChatAsync(id, cancellationToken).ConfigureAwait(false);
        if (request.Results.Count > 0)
        {
            var submitted = await client.SubmitToolResultsAsync(
                id, request.Results, cancellationToken: cancellationToken).ConfigureAwait(false);
            if (request.Text is null)
            {
                return new Turn(id, before.LastMessageId, submitted.Version, request, isLive);
            }
        }

        var sending = client.SendAsync(
            id, request.Text!, model: model, settings: request.Settings, cancellationToken: cancellationToken);
        var sent = await sending.ConfigureAwait(false);
        return sent.QueuedId is { } queued
            ? new Turn(id, before.LastMessageId, sent.Version, request, isLive)
            {
                QueuedId = queued,
                _queue = new QueueWatch(queued, sent.Version, before.LastMessageId),
            }
            : new Turn(id, sent.MessageId ?? before.LastMessageId, sent.Version, request, isLive);
    }

    /// <summary>Converts an event to updates for the program.</summary>
    /// <exception cref="DurableChatException">The turn failed, or will not start.</exception>
    public IEnumerable<ChatResponseUpdate> Read(ChatEvent next)
    {
        if (next is StatusEvent status)
        {
            _isWaiting = status.Status == ChatStatuses.Waiting && status.Version > _version;
        }

        return _queue is null ? ReadOwn(next) : ReadQueued(_queue, next);
    }

    /// <summary>
    /// True if all messages of the chat have been seen, so that no answer will come: the turn was stopped before its
    /// first part.
    /// </summary>
    /// <exception cref="DurableChatException">The message was removed from the queue.</exception>
    public async Task<bool> CheckAsync(DurableChatClient client, CancellationToken cancellationToken)
    {
        var chat = await client.GetChatAsync(ChatId, cancellationToken).ConfigureAwait(false);
        _isWaiting = chat.Status == ChatStatuses.Waiting;
        _awaited = chat.LastMessageId;
        if (_queue is not { } queue)
        {
            return IsOver = MayBeOver;
        }

        if (_lastMessageId >= _awaited)
        {
            EndIfThrows(() => queue.TakeQueue(chat.Queue, chat.Version));
        }

        return false;
    }

    private IEnumerable<ChatResponseUpdate> ReadQueued(QueueWatch queue, ChatEvent next)
    {
        _lastMessageId = next is MessageEvent { Message.Id: var id } ? id : _lastMessageId;
        var begins = false;
        EndIfThrows(() => begins = queue.Begins(next));
        if (begins)
        {
            (_queue, QueuedId) = (null, null);
            _beginsAt = _lastMessageId;
        }

        return [];
    }

    private void EndIfThrows(Action read)
    {
        try
        {
            read();
        }
        catch (DurableChatException)
        {
            IsOver = true;
            throw;
        }
    }

    private IEnumerable<ChatResponseUpdate> ReadOwn(ChatEvent next)
    {
        switch (next)
        {
            case HistoryResetEvent:
                IsOver = true;
                throw new DurableChatException(
                    "history_rewritten", "The history was rewritten before the answer was complete.");
            case MessageEvent { Message: var message }:
                _lastMessageId = message.Id;
                return Read(message);
            case MessagePartEvent part when _isLive:
                return Read(part);
            case PreviewResetEvent when !_answer.IsEmpty:
                _answer.Clear();
                return [Update([], _generation, ChatRole.Assistant, next)];
            case ErrorEvent { Error: var error, Version: var version } when version > _version:
                IsOver = true;
                throw new DurableChatException(error.Code, error.Message) { IsRetryable = error.Retryable };
            // If only some calls got results, the event of that change shows which calls remain.
            case ActionRequiredEvent { ToolCalls: var calls, Version: var version } when version >= _version:
                IsOver = true;
                return [AskFor(calls, next)];
            default:
                return [];
        }
    }

    private IEnumerable<ChatResponseUpdate> Read(HistoryMessage message)
    {
        switch (message.Role)
        {
            case "user":
                // The next turn has started, so this one is over.
                IsOver = true;
                return [];
            case "tool":
                return [Update([.. message.Parts.Where(part => part.CallId is not null && !IsAnsweredHere(part.CallId))
                    .Select(ToResult)], _generation, ChatRole.Tool, message)];
            case "assistant":
                return [ReadAnswer(message)];
            default:
                return [];
        }
    }

    private bool IsAnsweredHere(string callId) => _request.Results.Any(result => result.CallId == callId);

    private IEnumerable<ChatResponseUpdate> Read(MessagePartEvent part)
    {
        if (part.Generation != _generation)
        {
            _generation = part.Generation;
            _answer.Clear();
        }

        return _answer.Piece(part.Part) is { } content
            ? [Update([content], part.Generation, ChatRole.Assistant, part)]
            : [];
    }

    private ChatResponseUpdate ReadAnswer(HistoryMessage message)
    {
        if (message.Generation != _generation)
        {
            _generation = message.Generation;
            _answer.Clear();
        }

        var contents = _answer.Rest(message.Parts);
        _answer.Clear();
        if (message.Usage is { } usage)
        {
            contents.Add(new UsageContent(ToDetails(usage)));
        }

        // Some providers report "stop" for an answer that waits for its calls.
        IsOver = message.FinishReason is "step_limit" or "interrupted"
            || (message.FinishReason is not ("tool_calls" or "handed_over" or "failed")
                && !message.Parts.Any(part => part.Type == MessagePart.ToolCallType));
        var update = Update(contents, message.Generation, ChatRole.Assistant, message);
        update.ModelId = message.Model;
        update.CreatedAt = message.CreatedAt;
        return IsOver ? WithReason(update, ToReason(message.FinishReason)) : update;
    }

    private static FunctionResultContent ToResult(MessagePart part) =>
        new(part.CallId!, part.Result) { Exception = part.IsError ? new InvalidOperationException(part.Result) : null };

    private ChatResponseUpdate AskFor(IEnumerable<ToolCall> calls, ChatEvent raw)
    {
        var own = calls.Select(call => AnswerReader.ToCall(call.CallId, call.Name, call.Arguments, isOwn: true));
        return WithReason(Update([.. own], _generation, ChatRole.Assistant, raw), ChatFinishReason.ToolCalls);
    }

    private static UsageDetails ToDetails(TokenUsage usage) => new()
    {
        InputTokenCount = usage.InputTokens,
        OutputTokenCount = usage.OutputTokens,
        TotalTokenCount = usage.InputTokens + usage.OutputTokens,
        CachedInputTokenCount = usage.CacheReadTokens,
        ReasoningTokenCount = usage.ReasoningTokens,
        AdditionalCounts = usage.CacheWriteTokens is { } written ? new() { ["CacheWriteTokenCount"] = written } : null,
    };

    private static ChatFinishReason ToReason(string? reason) => reason switch
    {
        "length" => ChatFinishReason.Length,
        "content_filter" => ChatFinishReason.ContentFilter,
        _ => ChatFinishReason.Stop,
    };

    private static ChatResponseUpdate WithReason(ChatResponseUpdate update, ChatFinishReason reason)
    {
        update.FinishReason = reason;
        return update;
    }

    private ChatResponseUpdate Update(IList<AIContent> contents, long generation, ChatRole role, object raw) =>
        new(role, contents)
        {
            ConversationId = ChatId,
            ResponseId = $"{ChatId}:{_beginsAt}",
            MessageId = role == ChatRole.Tool
                ? $"{Request.AnswerId(ChatId, generation)}:tools"
                : Request.AnswerId(ChatId, generation),
            RawRepresentation = raw,
        };
}
