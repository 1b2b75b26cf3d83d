using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace DurableChat.Client.Adapters;

/// <summary>One turn of a chat, from the program's message to the end of the answer, read off the chat's stream. For one caller.</summary>
internal sealed class Turn
{
    private readonly Request _request;
    private readonly bool _isLive;
    private readonly HashSet<string> _ownTools;

    /// <summary>What was said of the answer in flight, by kind; the committed message adds what is lacking.</summary>
    private readonly Dictionary<string, StringBuilder> _said = new(StringComparer.Ordinal);
    private readonly HashSet<string> _saidCalls = new(StringComparer.Ordinal);
    private readonly long _version;
    private long _generation;
    private long _lastMessageId;
    private bool _hasBegun;

    private Turn(string chatId, long afterMessageId, long version, bool hasBegun, Request request, bool isLive)
    {
        ChatId = chatId;
        AfterMessageId = _lastMessageId = afterMessageId;
        _version = version;
        _hasBegun = hasBegun;
        _request = request;
        _isLive = isLive;
        _ownTools = [.. request.Tools.Select(tool => tool.Name)];
    }

    public string ChatId { get; }

    /// <summary>From where the turn is to be followed.</summary>
    public long AfterMessageId { get; }

    public bool IsOver { get; private set; }

    /// <summary>True if the chat waits, and the answer has not been seen: it may still come, or there is none.</summary>
    public bool MayBeOver { get; private set; }

    /// <summary>Sends what the program says.</summary>
    public static async Task<Turn> BeginAsync(DurableChatClient client, Request request, string? model, bool isLive, CancellationToken cancellationToken)
    {
        if (request.ChatId is not { } id)
        {
            var made = await client.CreateChatAsync(
                new NewChatRequest(request.Text!) { Model = model, ClientTools = request.Tools.Count == 0 ? null : request.Tools }, cancellationToken: cancellationToken).ConfigureAwait(false);
            return new Turn(made.Id, made.LastMessageId, made.Version, hasBegun: true, request, isLive);
        }

        var before = await client.GetChatAsync(id, cancellationToken).ConfigureAwait(false);
        if (request.Results.Count > 0)
        {
            var submitted = await client.SubmitToolResultsAsync(id, request.Results, cancellationToken: cancellationToken).ConfigureAwait(false);
            if (request.Text is null)
            {
                return new Turn(id, before.LastMessageId, submitted.Version, hasBegun: true, request, isLive);
            }
        }

        var sent = await client.SendAsync(id, request.Text!, cancellationToken: cancellationToken).ConfigureAwait(false);
        return new Turn(id, sent.MessageId ?? before.LastMessageId, sent.Version, hasBegun: sent.MessageId is not null, request, isLive);
    }

    /// <summary>What an event tells the program.</summary>
    /// <exception cref="DurableChatException">The turn failed.</exception>
    public IEnumerable<ChatResponseUpdate> Read(ChatEvent next)
    {
        MayBeOver = false;
        switch (next)
        {
            case MessageEvent { Message: var message }:
                _lastMessageId = message.Id;
                return Read(message);
            case MessagePartEvent part when _isLive && _hasBegun:
                return Read(part);
            case PreviewResetEvent when _said.Count > 0:
                _said.Clear();
                return [Update([], _generation, ChatRole.Assistant, next)];
            case ErrorEvent { Error: var error, Version: var version } when _hasBegun && version > _version:
                IsOver = true;
                throw new DurableChatException(error.Code, error.Message) { IsRetryable = error.Retryable };
            case ActionRequiredEvent { ToolCalls: var calls, Version: var version } when _hasBegun && version > _version:
                IsOver = true;
                return [WithReason(Update([.. calls.Select(call => ToCall(call.CallId, call.Name, call.Arguments, isOwn: true))], _generation, ChatRole.Assistant, next), ChatFinishReason.ToolCalls)];
            case StatusEvent { Status: ChatStatuses.Waiting, Version: var version } when _hasBegun && version > _version:
                MayBeOver = true;
                return [];
            default:
                return [];
        }
    }

    /// <summary>True if all messages of the chat have been seen, so that no answer will come: the turn was stopped before it said anything.</summary>
    public async Task<bool> CheckAsync(DurableChatClient client, CancellationToken cancellationToken)
    {
        var chat = await client.GetChatAsync(ChatId, cancellationToken).ConfigureAwait(false);
        return IsOver = chat.LastMessageId <= _lastMessageId && chat.Status == ChatStatuses.Waiting;
    }

    private IEnumerable<ChatResponseUpdate> Read(HistoryMessage message)
    {
        switch (message.Role)
        {
            case "user" when _hasBegun:
                // The next turn has begun, so this one is over.
                IsOver = true;
                return [];
            case "user":
                // What had to wait in the queue has its turn.
                _hasBegun = message.Text == _request.Text;
                return [];
            case "tool" when _hasBegun:
                return [Update([.. message.Parts.Where(part => part.CallId is not null && !IsAnsweredHere(part.CallId)).Select(ToResult)], _generation, ChatRole.Tool, message)];
            case "assistant" when _hasBegun:
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
            _said.Clear();
        }

        return ToContent(part.Part) is { } content ? [Update([content], part.Generation, ChatRole.Assistant, part)] : [];
    }

    private ChatResponseUpdate ReadAnswer(HistoryMessage message)
    {
        if (message.Generation != _generation)
        {
            _generation = message.Generation;
            _said.Clear();
        }

        var contents = new List<AIContent>();
        foreach (var kind in message.Parts.GroupBy(part => part.Type))
        {
            contents.AddRange(kind.Key is MessagePart.TextType or MessagePart.ReasoningType ? Rest(kind.Key, string.Concat(kind.Select(part => part.Text))) : kind.Select(ToContent).OfType<AIContent>());
        }

        _said.Clear();
        if (message.Usage is { } usage)
        {
            contents.Add(new UsageContent(new UsageDetails { InputTokenCount = usage.InputTokens, OutputTokenCount = usage.OutputTokens, TotalTokenCount = usage.InputTokens + usage.OutputTokens }));
        }

        // Some providers say "stop" where an answer waits for its calls.
        IsOver = message.FinishReason is "step_limit" or "interrupted"
            || (message.FinishReason is not ("tool_calls" or "handed_over" or "failed") && !message.Parts.Any(part => part.Type == MessagePart.ToolCallType));
        var update = Update(contents, message.Generation, ChatRole.Assistant, message);
        update.ModelId = message.Model;
        update.CreatedAt = message.CreatedAt;
        return IsOver ? WithReason(update, ToReason(message.FinishReason)) : update;
    }

    /// <summary>What of a text has not been said yet.</summary>
    private IEnumerable<AIContent> Rest(string kind, string whole)
    {
        var said = _said.GetValueOrDefault(kind)?.Length ?? 0;
        return whole.Length <= said ? [] : [kind == MessagePart.TextType ? new TextContent(whole[said..]) : new TextReasoningContent(whole[said..])];
    }

    private AIContent? ToContent(MessagePart part)
    {
        switch (part.Type)
        {
            case MessagePart.TextType or MessagePart.ReasoningType:
                (_said.TryGetValue(part.Type, out var said) ? said : _said[part.Type] = new StringBuilder()).Append(part.Text);
                return part.Type == MessagePart.TextType ? new TextContent(part.Text) : new TextReasoningContent(part.Text);

            // Calls of the program's own tools come when the turn waits for them.
            case MessagePart.ToolCallType when !_ownTools.Contains(part.Name!) && _saidCalls.Add(part.CallId!):
                return ToCall(part.CallId!, part.Name!, part.Arguments!, isOwn: false);
            default:
                return null;
        }
    }

    private static FunctionCallContent ToCall(string callId, string name, string arguments, bool isOwn) =>
        new(callId, name, JsonSerializer.Deserialize(arguments, Calls.ClientJson.Default.DictionaryStringObject)) { InformationalOnly = !isOwn };

    private static FunctionResultContent ToResult(MessagePart part) =>
        new(part.CallId!, part.Result) { Exception = part.IsError ? new InvalidOperationException(part.Result) : null };

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

    private ChatResponseUpdate Update(IList<AIContent> contents, long generation, ChatRole role, object raw) => new(role, contents)
    {
        ConversationId = ChatId,
        ResponseId = $"{ChatId}:{AfterMessageId}",
        MessageId = role == ChatRole.Tool ? $"{Request.AnswerId(ChatId, generation)}:tools" : Request.AnswerId(ChatId, generation),
        RawRepresentation = raw,
    };
}
