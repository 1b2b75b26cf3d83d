using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using DurableChat.Client;

namespace DurableChat.Server.Terminal;

/// <summary>
/// A chat in a terminal. Lines, the stream and Ctrl-C arrive through one channel and are handled one after another, so
/// that outputs do not mix.
/// </summary>
internal sealed class Conversation(ChatServer server, AnswerPrinter printer, AnswerWish wish)
{
    /// <summary>How many messages of an existing chat are shown.</summary>
    private const int Recent = 10;

    private readonly Channel<ConversationInput> _inputs = Channel.CreateUnbounded<ConversationInput>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Messages that are already in the terminal because the user typed them there.</summary>
    private readonly HashSet<long> _typed = [];

    private AnswerWish _wish = wish;
    private string? _chat;
    private string? _status;
    private bool _isStopping;
    private int _waiting;

    /// <summary>Posts an input. Thread-safe.</summary>
    public void Post(ConversationInput input) => _inputs.Writer.TryWrite(input);

    /// <summary>Runs the conversation until the user leaves.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(string? chat, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            if (chat is not null)
            {
                await ResumeAsync(chat, end.Token);
            }
            else
            {
                printer.Prompt();
            }

            await foreach (var input in _inputs.Reader.ReadAllAsync(end.Token))
            {
                switch (input)
                {
                    case ConversationInput.Line { Text: null or "/quit" } or ConversationInput.Stop when IsLeaving(input):
                        Leave();
                        return ClientExit.Done;
                    case ConversationInput.Line { Text: { } text }:
                        printer.LineWasEnded();
                        await SayAsync(text.Trim(), end.Token);
                        break;
                    case ConversationInput.Stop:
                        _isStopping = true;
                        printer.PrintAside("stopping; Ctrl-C again leaves");
                        await StopAsync(end.Token);
                        break;
                    case ConversationInput.Happened { Event: var streamEvent }:
                        Show(streamEvent);
                        break;
                    case ConversationInput.Lost:
                        printer.PrintAside("the connection is lost; trying again");
                        break;
                    case ConversationInput.Failed { Exception: var exception }:
                        ExceptionDispatchInfo.Throw(exception);
                        break;
                }
            }

            return ClientExit.Done;
        }
        finally
        {
            await end.CancelAsync();
        }
    }

    private bool IsLeaving(ConversationInput input) => input is not ConversationInput.Stop || _isStopping || _status is not (ChatStatuses.Running or ChatStatuses.Interrupting);

    private void Leave()
    {
        if (_chat is not null)
        {
            printer.PrintAside($"{(_status is ChatStatuses.Running ? "the answer goes on without you" : "it is kept")}; come back with: durablechat chat {_chat}");
        }
    }

    private async Task ResumeAsync(string chat, CancellationToken cancellationToken)
    {
        var page = await server.Client.ReadBeforeAsync(chat, limit: Recent, cancellationToken: cancellationToken);
        if (page.HasMore)
        {
            printer.PrintAside("older messages are not shown");
        }

        foreach (var message in page.Messages)
        {
            printer.Print(message);
        }

        Follow(chat, page.Messages is [.., var last] ? last.Id : 0, cancellationToken);
    }

    private async Task SayAsync(string text, CancellationToken cancellationToken)
    {
        if (text.Length == 0)
        {
            PromptIfIdle();
            return;
        }

        if (text.Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries) is ["/set", .. var words])
        {
            Set(words);
            PromptIfIdle();
            return;
        }

        try
        {
            if (_chat is null)
            {
                var created = await server.Client.CreateChatAsync(NewChat(text), cancellationToken: cancellationToken);
                printer.PrintAside($"chat {created.Id}, model {created.Model}");
                Follow(created.Id, created.LastMessageId, cancellationToken);
            }
            else if (await SendAsync(_chat, text, cancellationToken) is { MessageId: { } id })
            {
                _typed.Add(id);
            }
        }
        catch (Exception exception) when (ChatServer.IsFailure(exception))
        {
            printer.PrintAlarm(server.Explain(exception));
            PromptIfIdle();
        }
    }

    private NewChatRequest NewChat(string text) => new(text) { Model = _wish.Model, MessageSettings = _wish.Settings };

    private Task<CommandOutcome> SendAsync(string chat, string text, CancellationToken cancellationToken) =>
        server.Client.SendAsync(
            chat, text, model: _wish.Model, settings: _wish.Settings, cancellationToken: cancellationToken);

    /// <summary>
    /// Changes the settings for future messages. A name with a value changes a setting, a name alone removes it, and
    /// without words the present settings are shown.
    /// </summary>
    private void Set(string[] words)
    {
        try
        {
            _wish = words switch
            {
                [] => _wish,
                ["model", .. var model] => _wish with { Model = model is [var name] ? name : null },
                [var setting, .. var value] => _wish with
                {
                    Settings = SettingText.With(_wish.Settings, setting, value is [var given] ? given : ""),
                },
            };
            printer.PrintAside($"model: {_wish.Model ?? "the chat's"}, settings: {SettingText.Write(_wish.Settings)}");
        }
        catch (FormatException exception)
        {
            printer.PrintAlarm(exception.Message);
        }
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await server.StopAsync(_chat!, cancellationToken);
        }
        catch (Exception exception) when (ChatServer.IsFailure(exception))
        {
            _isStopping = false;
            printer.PrintAlarm(server.Explain(exception));
        }
    }

    private void Follow(string chat, long afterId, CancellationToken cancellationToken)
    {
        _chat = chat;
        var options = new FollowOptions { OnLost = Report };
        _ = Task.Run(
            async () =>
            {
                try
                {
                    await foreach (var streamEvent in server.Client.FollowAfterAsync(chat, afterId, options, cancellationToken))
                    {
                        Post(new ConversationInput.Happened(streamEvent));
                    }
                }
                catch (Exception exception) when (ChatServer.IsFailure(exception))
                {
                    Post(new ConversationInput.Failed(exception));
                }
                catch (OperationCanceledException)
                {
                    // The user has left.
                }
            },
            CancellationToken.None);

        void Report(StreamLoss loss)
        {
            if (loss.Failures == 1)
            {
                Post(new ConversationInput.Lost());
            }
        }
    }

    private void Show(ChatEvent streamEvent)
    {
        switch (streamEvent)
        {
            case MessageEvent { Message: var message } when !_typed.Remove(message.Id):
                printer.Print(message);
                break;
            case MessagePartEvent parts:
                printer.Print(parts);
                break;
            case PreviewResetEvent:
                printer.PrintReset();
                break;
            case HistoryResetEvent:
                printer.PrintAside("the history was rewritten; from the beginning:");
                break;
            case StatusEvent { Status: var status } when status != _status:
                _status = status;
                _isStopping = _isStopping && status is ChatStatuses.Running or ChatStatuses.Interrupting;
                PromptIfIdle();
                break;
            case QueueEvent { Queue: var queue } when queue.Count != _waiting:
                _waiting = queue.Count;
                printer.PrintAside(queue is [] ? "the queue is empty" : $"{queue.Count} in the queue, next: {queue[0].Content}");
                break;
            case RetryEvent retry:
                printer.PrintAside($"attempt {retry.Attempt} of {retry.MaxAttempts} failed, {(retry.Model is { } model ? $"{model} answers" : "trying again")}: {retry.Error.Message}");
                break;
            case ErrorEvent { Error: var error }:
                printer.PrintAlarm(error.Message);
                break;
            case ActionRequiredEvent { ToolCalls: var calls }:
                printer.PrintAside($"waits for a tool of another client: {string.Join(", ", calls.Select(call => call.Name))}");
                break;
        }
    }

    private void PromptIfIdle()
    {
        if (_status is not (ChatStatuses.Running or ChatStatuses.Interrupting))
        {
            printer.Prompt();
        }
    }
}
