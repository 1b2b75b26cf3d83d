using System.Threading.Channels;
using DurableChat.AspNetCore;
using DurableChat.Chats;

namespace DurableChat.Server.Clients;

/// <summary>
/// A chat in a terminal. Lines, the stream and Ctrl-C come in through one channel and are handled one after the other, so that nothing is printed into the middle of something else.
/// </summary>
internal sealed class Conversation(IChatApi api, AnswerPrinter printer, string? model)
{
    /// <summary>How much of an older chat is shown.</summary>
    private const int Recent = 10;

    private readonly Channel<ConversationInput> _inputs = Channel.CreateUnbounded<ConversationInput>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Messages that stand in the terminal already, since they were typed there.</summary>
    private readonly HashSet<long> _typed = [];

    private string? _chat;
    private ChatStatus? _status;
    private bool _isStopping;
    private bool _isLost;
    private int _waiting;

    /// <summary>Hands something in. Thread-safe.</summary>
    public void Post(ConversationInput input) => _inputs.Writer.TryWrite(input);

    /// <summary>Talks until somebody leaves.</summary>
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
                    case ConversationInput.Lost when !_isLost:
                        _isLost = true;
                        printer.PrintAside("the connection is lost; trying again");
                        break;
                    case ConversationInput.Failed { Exception: var exception }:
                        throw exception;
                }
            }

            return ClientExit.Done;
        }
        finally
        {
            await end.CancelAsync();
        }
    }

    private bool IsLeaving(ConversationInput input) => input is not ConversationInput.Stop || _isStopping || _status is not (ChatStatus.Running or ChatStatus.Interrupting);

    private void Leave()
    {
        if (_chat is not null)
        {
            printer.PrintAside($"{(_status is ChatStatus.Running ? "the answer goes on without you" : "it is kept")}; come back with: durablechat chat {_chat}");
        }
    }

    private async Task ResumeAsync(string chat, CancellationToken cancellationToken)
    {
        var page = await api.ReadMessagesAsync(chat, null, Recent, cancellationToken);
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

        try
        {
            if (_chat is null)
            {
                var created = await api.CreateAsync(new CreateChatRequest(text, model), cancellationToken);
                printer.PrintAside($"chat {created.Id}, model {created.Model}");
                Follow(created.Id.ToString(), created.LastMessageId, cancellationToken);
            }
            else if (await api.SendAsync(_chat, text, cancellationToken) is { MessageId: { } id })
            {
                _typed.Add(id);
            }
        }
        catch (ChatApiException exception)
        {
            printer.PrintAlarm(exception.Message);
            PromptIfIdle();
        }
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await api.InterruptAsync(_chat!, cancellationToken);
        }
        catch (ChatApiException exception)
        {
            _isStopping = false;
            printer.PrintAlarm(exception.Message);
        }
    }

    private void Follow(string chat, long afterId, CancellationToken cancellationToken)
    {
        _chat = chat;
        _ = Task.Run(
            async () =>
            {
                try
                {
                    await foreach (var streamEvent in api.FollowAsync(chat, afterId, Timeout.InfiniteTimeSpan, () => Post(new ConversationInput.Lost()), cancellationToken))
                    {
                        Post(new ConversationInput.Happened(streamEvent));
                    }
                }
                catch (ChatApiException exception)
                {
                    Post(new ConversationInput.Failed(exception));
                }
                catch (OperationCanceledException)
                {
                    // Somebody has left.
                }
            },
            CancellationToken.None);
    }

    private void Show(ChatEvent streamEvent)
    {
        _isLost = false;
        switch (streamEvent)
        {
            case { Type: ChatEventTypes.Message, Message: { } message } when !_typed.Remove(message.Id):
                printer.Print(message);
                break;
            case { Type: ChatEventTypes.MessagePart }:
                printer.Print(streamEvent);
                break;
            case { Type: ChatEventTypes.PreviewReset }:
                printer.PrintReset();
                break;
            case { Type: ChatEventTypes.HistoryReset }:
                printer.PrintAside("the history was rewritten; from the beginning:");
                break;
            case { Type: ChatEventTypes.Status, Status: { } status } when status != _status:
                _status = status;
                _isStopping = _isStopping && status is ChatStatus.Running or ChatStatus.Interrupting;
                PromptIfIdle();
                break;
            case { Type: ChatEventTypes.QueueUpdate, Queue: { } queue } when queue.Count != _waiting:
                _waiting = queue.Count;
                printer.PrintAside(queue is [] ? "the queue is empty" : $"{queue.Count} in the queue, next: {queue[0].Content}");
                break;
            case { Type: ChatEventTypes.Retry, Error: { } error }:
                printer.PrintAside($"attempt {streamEvent.Attempt} of {streamEvent.MaxAttempts} failed, trying again: {error.Message}");
                break;
            case { Type: ChatEventTypes.Error, Error: { } error }:
                printer.PrintAlarm(error.Message);
                break;
            case { Type: ChatEventTypes.ActionRequired, ToolCalls: { } calls }:
                printer.PrintAside($"waits for a tool of another client: {string.Join(", ", calls.Select(call => call.Name))}");
                break;
        }
    }

    private void PromptIfIdle()
    {
        if (_status is not (ChatStatus.Running or ChatStatus.Interrupting))
        {
            printer.Prompt();
        }
    }
}
