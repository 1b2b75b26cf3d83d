using DurableChat.AspNetCore.Endpoints;
using DurableChat.AspNetCore.Wire;
using DurableChat.Chats;
using DurableChat.Commits;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>
/// Runs the commands of AI SDK clients on their chats, and finds the turn that the client then follows. Thread-safe.
/// </summary>
internal sealed class AiSdkChats(ChatService chats, AiSdkHistory history)
{
    /// <summary>Runs a command.</summary>
    public async Task<TurnOrAnswer> ExecuteAsync(string owner, AiSdkCommand command, CancellationToken cancellationToken)
    {
        var chat = await history.FindChatAsync(owner, command.Request.Id!, cancellationToken);
        return command switch
        {
            AiSdkCommand.Send send => await SendAsync(owner, chat, send, send.Content, cancellationToken),
            AiSdkCommand.Edit edit => await EditAsync(owner, chat, edit, edit.Content, isEdit: true, cancellationToken),
            AiSdkCommand.Regenerate regenerate => await EditAsync(owner, chat, regenerate, regenerate.Content, isEdit: false, cancellationToken),
            AiSdkCommand.Answer answer => chat is null ? NotFound() : await AnswerAsync(owner, chat, answer.Outputs, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(command), command, "Unknown command."),
        };
    }

    /// <summary>Finds the running turn; answers with 204 if none runs.</summary>
    public async Task<TurnOrAnswer> ResumeAsync(string owner, string name, CancellationToken cancellationToken)
    {
        var chat = await history.FindChatAsync(owner, name, cancellationToken);
        return chat is { NeedsWorker: true } && await history.ReadTurnAsync(owner, chat.Id, cancellationToken) is [{ Role: MessageRole.User } user, ..]
            ? TurnOf(chat, user.Id)
            : new TurnOrAnswer.Answer(Results.NoContent());
    }

    private async Task<TurnOrAnswer> SendAsync(string owner, Chat? chat, AiSdkCommand command, string content, CancellationToken cancellationToken)
    {
        var request = command.Request;
        var fingerprint = AiSdkIds.Hash(content);
        var idempotency = new IdempotencyRequest(AiSdkIds.MessageKey(command.Last.Id!), fingerprint, CommandResults.Outcome);
        if (chat is null)
        {
            if (ChatEndpoints.ReadTools(request.ClientTools ?? [], out var tools) is { } problem)
            {
                return new TurnOrAnswer.Answer(problem);
            }

            var newChat = new NewChat(content)
            {
                Key = AiSdkIds.ChatKey(request.Id!),
                Model = request.Model,
                MessageSettings = command.Settings,
                Title = request.Title,
                ClientTools = tools,
            };
            var created = await chats.CreateAsync(owner, newChat, idempotency, cancellationToken);
            if (created is not CommandResult.NotFound)
            {
                return await FollowAsync(owner, request.Id!, InTermsOfRequest(created), fingerprint, cancellationToken);
            }

            // Another request created the chat at the same time. Or the chat was deleted, and does not come back.
            chat = await history.FindChatAsync(owner, request.Id!, cancellationToken);
            if (chat is null)
            {
                return NotFound();
            }
        }

        var message = new SendMessage(content, request.BusyBehavior)
        {
            Model = request.Model,
            Settings = command.Settings,
            CancelsToolCalls = true,
        };
        var sent = await chats.ExecuteAsync(owner, chat.Id, message, idempotency, cancellationToken);
        return await FollowAsync(owner, request.Id!, sent, fingerprint, cancellationToken);
    }

    private async Task<TurnOrAnswer> EditAsync(string owner, Chat? chat, AiSdkCommand command, string content, bool isEdit, CancellationToken cancellationToken)
    {
        if (chat is null || await history.FindUserMessageAsync(owner, chat.Id, command.Request.Messages!, cancellationToken) is not { } target)
        {
            return await SendAsync(owner, chat, command, content, cancellationToken);
        }

        var stored = string.Join('\n', target.Parts.OfType<TextPart>().Select(part => part.Text));
        if (isEdit && stored == content && chat.NeedsWorker && await history.ReadTurnAsync(owner, chat.Id, cancellationToken) is [var running, ..] && running.Id == target.Id)
        {
            // A repeated request after a lost stream: the answer that it asks for is already in flight.
            return TurnOf(chat, target.Id);
        }

        // The key leads back to the stored message through the id that the client keeps using.
        var wanted = isEdit ? content : stored;
        var idempotency = new IdempotencyRequest(AiSdkIds.EditKey(target.Id), AiSdkIds.Hash(wanted), AiSdkOutcome.OfEdit);
        var request = command.Request;
        var edited = await chats.EditAsync(
            owner, chat.Id, target.Id, wanted, request.Model, command.Settings, idempotency, cancellationToken);
        return await FollowAsync(owner, request.Id!, edited, idempotency.Fingerprint, cancellationToken);
    }

    private async Task<TurnOrAnswer> AnswerAsync(string owner, Chat chat, IReadOnlyList<ToolResultPart> outputs, CancellationToken cancellationToken)
    {
        var pending = chat.PendingToolCalls.Select(call => call.CallId).ToHashSet(StringComparer.Ordinal);
        var results = outputs.Where(output => pending.Contains(output.CallId)).ToList();
        CommandResult? result = null;
        if (results.Count > 0)
        {
            result = await chats.ExecuteAsync(owner, chat.Id, new SubmitToolResults(results), null, cancellationToken);
            if (result is CommandResult.Committed { Transition: var transition })
            {
                return new TurnOrAnswer.Turn(transition.Next, new Position(transition.Next.Epoch, transition.Appended[^1].Id, 0, 0), null);
            }
        }

        // Another tab sent its results first: the turn continues from those.
        var answered = outputs.Select(output => output.CallId).ToHashSet(StringComparer.Ordinal);
        var turn = await history.ReadTurnAsync(owner, chat.Id, cancellationToken);
        var last = turn.LastOrDefault(message => message.Parts.Any(part => part is ToolResultPart told && answered.Contains(told.CallId)));
        if (last is null || (turn[^1].Id == last.Id && await chats.GetAsync(owner, chat.Id, cancellationToken) is not { NeedsWorker: true }))
        {
            return new TurnOrAnswer.Answer(result is null
                ? Problems.Of(new Refusal(RefusalCode.NoActionRequired, "The chat does not wait for tool results."))
                : CommandResults.Accepted(result));
        }

        return new TurnOrAnswer.Turn(chat, new Position(0, last.Id, 0, 0), null);
    }

    private async Task<TurnOrAnswer> FollowAsync(string owner, string name, CommandResult result, string fingerprint, CancellationToken cancellationToken)
    {
        switch (result)
        {
            case CommandResult.Committed { Transition: var transition }:
                var outcome = CommandResponse.Of(transition);
                return outcome.QueuedId is { } queued ? QueuedTurnOf(transition.Next, queued) : TurnOf(transition.Next, outcome.MessageId!.Value);
            case CommandResult.Repeated { Record: var record } when record.Fingerprint == fingerprint:
                return await RepeatAsync(owner, name, AiSdkOutcome.Read(record.Outcome), cancellationToken);
            default:
                return new TurnOrAnswer.Answer(CommandResults.Accepted(result, fingerprint));
        }
    }

    /// <summary>The turn of a message that an earlier request sent.</summary>
    private async Task<TurnOrAnswer> RepeatAsync(string owner, string name, AiSdkOutcome outcome, CancellationToken cancellationToken)
    {
        if (await history.FindChatAsync(owner, name, cancellationToken) is not { } chat)
        {
            return NotFound();
        }

        if (outcome.QueuedId is not { } queued)
        {
            return TurnOf(chat, outcome.MessageId!.Value);
        }

        if (chat.Queue.Any(waiting => waiting.Id == queued))
        {
            return QueuedTurnOf(chat, queued);
        }

        var turn = await history.ReadTurnAsync(owner, chat.Id, cancellationToken);
        return turn is [{ QueuedId: { } begun } user, ..] && begun == queued
            ? TurnOf(chat, user.Id)
            : new TurnOrAnswer.Answer(Problems.Of(new Refusal(RefusalCode.QueuedMessageNotFound, "The message was queued, and waits no more.")));
    }

    /// <summary>
    /// A new chat calls the settings of its first message "message settings"; the client's request calls them
    /// "settings".
    /// </summary>
    private static CommandResult InTermsOfRequest(CommandResult created)
    {
        const string Name = "message_settings";
        return created is CommandResult.Refused { Refusal: { Field: { } field } refusal }
            && field.StartsWith(Name, StringComparison.Ordinal)
                ? new CommandResult.Refused(refusal with { Field = $"settings{field[Name.Length..]}" })
                : created;
    }

    private static TurnOrAnswer.Turn TurnOf(Chat chat, long userMessageId) => new(chat, new Position(0, userMessageId, 0, 0), userMessageId);

    private static TurnOrAnswer.Turn QueuedTurnOf(Chat chat, long queuedId) =>
        new(chat, new Position(chat.Epoch, chat.LastMessageId, 0, 0), null, queuedId);

    private static TurnOrAnswer.Answer NotFound() => new(Problems.ChatNotFound());
}
