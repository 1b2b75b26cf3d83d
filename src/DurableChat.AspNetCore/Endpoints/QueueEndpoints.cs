using DurableChat.AspNetCore.Bodies;
using DurableChat.AspNetCore.Wire;
using DurableChat.Chats;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DurableChat.AspNetCore.Endpoints;

/// <summary>The queue: delete, promote.</summary>
internal static class QueueEndpoints
{
    public static void Map(RouteGroupBuilder group)
    {
        MessageEndpoints.Command(
            group.MapDelete("/chats/{id}/queue/{queuedId}", (string id, string queuedId, HttpContext context, ChatService chats) =>
                    ExecuteAsync(id, queuedId, context, chats, number => new DeleteQueued(number)))
                .WithName("DeleteQueued").WithSummary("Takes a message out of the queue."));
        MessageEndpoints.Command(
            group.MapPost("/chats/{id}/queue/{queuedId}/promote", (string id, string queuedId, HttpContext context, ChatService chats) =>
                    ExecuteAsync(id, queuedId, context, chats, number => new PromoteQueued(number)))
                .WithName("PromoteQueued").WithSummary("Runs a queued message next; a running turn is interrupted for it."));
    }

    private static async Task<IResult> ExecuteAsync(string id, string queuedId, HttpContext context, ChatService chats, Func<long, ChatCommand> command) =>
        Query.TryId(queuedId, out var number)
            ? await MessageEndpoints.ExecuteAsync(id, context, chats, command(number), RequestBody.Fingerprint(context.Request))
            : Problems.Invalid("queued_id", "The id of a queued message is a number.");
}
