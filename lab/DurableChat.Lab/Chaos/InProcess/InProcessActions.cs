using System.Text.Json;
using DurableChat.AspNetCore;
using DurableChat.Chats;
using DurableChat.Commits;

namespace DurableChat.Lab.Chaos.InProcess;

/// <summary>Brings the commands of chaos to the library as the endpoints do, and answers as they do.</summary>
internal static class InProcessActions
{
    private const int Done = 202;
    private const int NotFound = 404;
    private const int Conflict = 409;

    public static async Task<ActionReply> ActAsync(
        ChatService chats,
        string owner,
        ChaosAction action,
        string? key,
        CancellationToken cancellationToken)
    {
        var idempotency = key is null
            ? null
            : new IdempotencyRequest(key, action.ToString(), transition => JsonSerializer.Serialize(Reply(transition)));
        if (action.Kind == ActionKind.Create)
        {
            var chat = new NewChat(action.Content!)
            {
                ClientTools = action.HasTools
                ? [new ClientTool("ask_user", "Asks the user.", """{"type":"object"}""")]
                : []
            };
            return Read(await chats.CreateAsync(owner, chat, idempotency, cancellationToken));
        }

        var id = ChatId.Parse(action.Chat);
        return Read(action.Kind switch
        {
            ActionKind.Edit =>
                await chats.EditAsync(owner, id, action.Target, action.Content!, idempotency, cancellationToken),
            ActionKind.Archive =>
                await chats.ExecuteAsync(owner, id, new UpdateChat { Archived = action.Flag }, null, cancellationToken),
            _ => await chats.ExecuteAsync(owner, id, Command(action), idempotency, cancellationToken),
        });
    }

    private static ChatCommand Command(ChaosAction action) => action.Kind switch
    {
        ActionKind.Send => new SendMessage(action.Content!, action.Flag ? BusyBehavior.Interrupt : BusyBehavior.Queue),
        ActionKind.DeleteQueued => new DeleteQueued(action.Target),
        ActionKind.Promote => new PromoteQueued(action.Target),
        ActionKind.SubmitResults =>
            new SubmitToolResults([.. action.Calls.Select(call => new ToolResultPart(call, "done"))]),
        _ => new Interrupt(),
    };

    private static ActionReply Read(CommandResult result) => result switch
    {
        CommandResult.Committed committed => Reply(committed.Transition),
        CommandResult.Unchanged { Chat: var chat } => new ActionReply(Done, chat.Id.Value, chat.Version, 0, 0, null),
        CommandResult.Repeated { Record: var record } => JsonSerializer.Deserialize<ActionReply>(record.Outcome)!,
        CommandResult.Refused { Refusal: var refusal } => new ActionReply(
            Conflict, "", 0, 0, 0, JsonNamingPolicy.SnakeCaseLower.ConvertName(refusal.Code.ToString())),
        _ => new ActionReply(NotFound, "", 0, 0, 0, "chat_not_found"),
    };

    private static ActionReply Reply(Transition transition)
    {
        var response = CommandResponse.Of(transition);
        return new ActionReply(
            Done, response.ChatId.Value, response.Version, response.MessageId ?? 0, response.QueuedId ?? 0, null);
    }
}
