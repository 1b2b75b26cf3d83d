using DurableChat.Client;
using DurableChat.Server.Text;

namespace DurableChat.Server.Terminal;

/// <summary>Sends one question and waits for the answer.</summary>
/// <param name="server">The server.</param>
/// <param name="output">
/// The output for the answer. If programs read it, the answer is written once, when it is durable.
/// </param>
/// <param name="printer">Prints the answer as it arrives instead; null if the output is not a terminal.</param>
internal sealed class Question(ChatServer server, TextWriter output, AnswerPrinter? printer)
{
    private static readonly FollowOptions _patient = new() { MaxOutage = ChatServer.Patience };

    // Also read and written by the thread that stops the answer.
    private volatile string? _chat;
    private volatile bool _isStopping;

    private string? _failure;
    private string? _end;
    private bool _hasText;

    /// <summary>Sends the question and returns the exit code.</summary>
    /// <param name="chat">The chat to continue; null for a new one.</param>
    /// <param name="content">The question.</param>
    /// <param name="wish">The model and settings.</param>
    /// <param name="cancellationToken">Stops waiting. The answer continues on the server.</param>
    public async Task<int> AskAsync(string? chat, string content, AnswerWish wish, CancellationToken cancellationToken)
    {
        var turn = chat is null
            ? await CreateAsync(content, wish, cancellationToken)
            : await SendAsync(chat, content, wish, cancellationToken);
        if (_isStopping)
        {
            await StopAsync();
        }

        await foreach (var streamEvent in server.Client.FollowAfterAsync(_chat!, turn.After, _patient, cancellationToken))
        {
            var hadBegun = turn.Tracker.HasBegun;
            var belongs = turn.Tracker.Take(streamEvent);
            if (!hadBegun && turn.Tracker.HasBegun)
            {
                // Earlier failures belong to another turn.
                _failure = null;
            }

            Show(streamEvent, belongs, turn.Tracker.HasBegun);
            if (turn.Tracker.IsOver || (turn.Tracker.MayBeOver && await IsOverAsync(turn.Tracker, cancellationToken)))
            {
                return await EndAsync(turn.Tracker);
            }
        }

        return ClientExit.Failed;
    }

    /// <summary>Stops the answer, as soon as it has begun.</summary>
    /// <returns>False if a stop was already requested: a second request means that the user wants to leave.</returns>
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
            await server.StopAsync(_chat!, CancellationToken.None);
        }
        catch (Exception exception) when (ChatServer.IsFailure(exception))
        {
            await PlainErrors.SayAsync(server.Explain(exception));
        }
    }

    private async Task<(TurnTracker Tracker, long After)> CreateAsync(
        string content, AnswerWish wish, CancellationToken cancellationToken)
    {
        var chat = new NewChatRequest(content) { Model = wish.Model, MessageSettings = wish.Settings };
        var created = await server.Client.CreateChatAsync(chat, cancellationToken: cancellationToken);
        _chat = created.Id;
        return (new TurnTracker(created.LastMessageId, queuedId: null, created.LastMessageId, created.Version), created.LastMessageId);
    }

    private async Task<(TurnTracker Tracker, long After)> SendAsync(
        string chat, string content, AnswerWish wish, CancellationToken cancellationToken)
    {
        var before = await server.Client.GetChatAsync(chat, cancellationToken);
        var sent = await server.Client.SendAsync(
            chat, content, model: wish.Model, settings: wish.Settings, cancellationToken: cancellationToken);
        _chat = chat;
        if (sent.QueuedId is not null)
        {
            printer?.PrintAside("waits in the queue");
        }

        // If this message waits, the message now in the history is a different one from the queue.
        var own = sent.QueuedId is null ? sent.MessageId : null;
        return (new TurnTracker(own, sent.QueuedId, before.LastMessageId, sent.Version), before.LastMessageId);
    }

    private void Show(ChatEvent streamEvent, bool belongs, bool hasBegun)
    {
        switch (streamEvent)
        {
            case MessageEvent { Message: var message } when belongs:
                Show(message);
                break;
            case MessagePartEvent parts when hasBegun:
                printer?.Print(parts);
                break;
            case PreviewResetEvent:
                printer?.PrintReset();
                break;
            case RetryEvent retry:
                printer?.PrintAside($"attempt {retry.Attempt} of {retry.MaxAttempts} failed, {(retry.Model is { } model ? $"{model} answers" : "trying again")}: {retry.Error.Message}");
                break;
            case ErrorEvent { Error: var error }:
                _failure = error.Message;
                break;
            case ActionRequiredEvent { ToolCalls: var calls }:
                _failure = $"The chat waits for a tool of another client: {string.Join(", ", calls.Select(call => call.Name))}.";
                break;
        }
    }

    private void Show(HistoryMessage message)
    {
        if (printer is not null)
        {
            printer.Print(message);
            return;
        }

        if (message.Role != "assistant")
        {
            return;
        }

        _end = AnswerRemarks.EndOf(message);
        if (AnswerRemarks.WordsOf(message) is { Length: > 0 } text)
        {
            // A turn with tools has several texts.
            output.Write(_hasText ? $"\n{text}" : text);
            output.Write(text.EndsWith('\n') ? "" : "\n");
            _hasText = true;
        }
    }

    private async Task<bool> IsOverAsync(TurnTracker tracker, CancellationToken cancellationToken)
    {
        var chat = await server.Client.GetChatAsync(_chat!, cancellationToken);
        _failure ??= chat.Error?.Message;
        return chat.Status is not (ChatStatuses.Running or ChatStatuses.Interrupting) && tracker.HasReached(chat.LastMessageId);
    }

    private async Task<int> EndAsync(TurnTracker tracker)
    {
        await output.FlushAsync();
        if (_isStopping)
        {
            return ClientExit.Stopped;
        }

        var failure = tracker.HasBegun ? _failure
            : tracker.IsQueued ? $"The question still waits in the queue. {_failure}".TrimEnd()
            : "The question was taken out of the queue.";
        if (failure is null)
        {
            // A program that reads only the output would mistake a partial or missing answer for a complete one.
            if (printer is null && _end is not null)
            {
                await PlainErrors.SayAsync($"{char.ToUpperInvariant(_end[0])}{_end[1..]}.");
            }

            return ClientExit.Done;
        }

        await PlainErrors.SayAsync(failure);
        return ClientExit.Failed;
    }
}
