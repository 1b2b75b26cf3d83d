using DurableChat.AspNetCore;
using DurableChat.Chats;

namespace DurableChat.Server.Clients;

/// <summary>Asks one question and waits for the answer.</summary>
/// <param name="api">The server.</param>
/// <param name="output">Where the answer goes: whole, once it is durable, if programs read it.</param>
/// <param name="printer">Prints the answer while it comes, instead; null if nobody watches.</param>
internal sealed class Question(IChatApi api, TextWriter output, AnswerPrinter? printer)
{
    // Also read and written by whoever stops.
    private volatile string? _chat;
    private volatile bool _isStopping;

    private string? _failure;
    private bool _hasText;

    /// <summary>Asks, and gives the exit code.</summary>
    /// <param name="chat">The chat to go on with; null for a new one.</param>
    /// <param name="content">The question.</param>
    /// <param name="model">The model of a new chat; null for the default.</param>
    /// <param name="cancellationToken">Leaves; the answer goes on without anybody.</param>
    public async Task<int> AskAsync(string? chat, string content, string? model, CancellationToken cancellationToken)
    {
        var turn = chat is null ? await CreateAsync(content, model, cancellationToken) : await SendAsync(chat, content, cancellationToken);
        if (_isStopping)
        {
            await StopAsync();
        }

        await foreach (var streamEvent in api.FollowAsync(_chat!, turn.After, ChatHttp.Patience, () => { }, cancellationToken))
        {
            var belongs = turn.Tracker.Take(streamEvent);
            Show(streamEvent, belongs, turn.Tracker.HasBegun);
            if (turn.Tracker.IsOver || (turn.Tracker.MayBeOver && await IsOverAsync(turn.Tracker, cancellationToken)))
            {
                return await EndAsync(turn.Tracker);
            }
        }

        return ClientExit.Failed;
    }

    /// <summary>Stops the answer, if need be as soon as it has begun.</summary>
    /// <returns>False if that was asked for before: whoever asks again wants to leave.</returns>
    public bool TryStop()
    {
        if (_isStopping)
        {
            return false;
        }

        _isStopping = true;
        if (_chat is not null)
        {
            _ = StopAsync();
        }

        return true;
    }

    private async Task StopAsync()
    {
        try
        {
            await api.InterruptAsync(_chat!, CancellationToken.None);
        }
        catch (ChatApiException exception)
        {
            await PlainErrors.SayAsync(exception.Message);
        }
    }

    private async Task<(TurnTracker Tracker, long After)> CreateAsync(string content, string? model, CancellationToken cancellationToken)
    {
        var created = await api.CreateAsync(new CreateChatRequest(content, model), cancellationToken);
        _chat = created.Id.ToString();
        return (new TurnTracker(content, created.LastMessageId, created.LastMessageId, created.Version), created.LastMessageId);
    }

    private async Task<(TurnTracker Tracker, long After)> SendAsync(string chat, string content, CancellationToken cancellationToken)
    {
        var before = await api.GetChatAsync(chat, cancellationToken);
        var sent = await api.SendAsync(chat, content, cancellationToken);
        _chat = chat;
        if (sent.QueuedId is not null)
        {
            printer?.PrintAside("waits in the queue");
        }

        return (new TurnTracker(content, sent.MessageId, before.LastMessageId, sent.Version), before.LastMessageId);
    }

    private void Show(ChatEvent streamEvent, bool belongs, bool hasBegun)
    {
        switch (streamEvent)
        {
            case { Type: ChatEventTypes.Message, Message: { } message } when belongs:
                Show(message);
                break;
            case { Type: ChatEventTypes.MessagePart } when hasBegun:
                printer?.Print(streamEvent);
                break;
            case { Type: ChatEventTypes.PreviewReset }:
                printer?.PrintReset();
                break;
            case { Type: ChatEventTypes.Retry, Error: { } error }:
                printer?.PrintAside($"attempt {streamEvent.Attempt} of {streamEvent.MaxAttempts} failed, trying again: {error.Message}");
                break;
            case { Type: ChatEventTypes.Error, Error: { Code: not "storage_unavailable" } error }:
                _failure = error.Message;
                break;
            case { Type: ChatEventTypes.ActionRequired, ToolCalls: { } calls }:
                _failure = $"The chat waits for a tool of another client: {string.Join(", ", calls.Select(call => call.Name))}.";
                break;
        }
    }

    private void Show(Message message)
    {
        if (printer is not null)
        {
            printer.Print(message);
            return;
        }

        if (message.Role == MessageRole.Assistant && AnswerPrinter.TextOf(message) is { Length: > 0 } text)
        {
            // A turn with tools has several texts.
            output.Write(_hasText ? $"\n{text}" : text);
            output.Write(text.EndsWith('\n') ? "" : "\n");
            _hasText = true;
        }
    }

    private async Task<bool> IsOverAsync(TurnTracker tracker, CancellationToken cancellationToken)
    {
        var chat = await api.GetChatAsync(_chat!, cancellationToken);
        _failure ??= chat.Error?.Message;
        return chat.Status is not (ChatStatus.Running or ChatStatus.Interrupting) && tracker.HasReached(chat.LastMessageId);
    }

    private async Task<int> EndAsync(TurnTracker tracker)
    {
        await output.FlushAsync();
        if (_isStopping)
        {
            return ClientExit.Stopped;
        }

        var failure = tracker.HasBegun ? _failure : "The question was taken out of the chat by somebody else.";
        if (failure is null)
        {
            return ClientExit.Done;
        }

        await PlainErrors.SayAsync(failure);
        return ClientExit.Failed;
    }
}
