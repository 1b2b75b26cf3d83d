using DurableChat.AspNetCore.Identity;
using DurableChat.AspNetCore.Streaming;
using DurableChat.AspNetCore.Tickets;
using DurableChat.AspNetCore.Wire;
using DurableChat.Chats;
using DurableChat.Watching;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DurableChat.AspNetCore.Endpoints;

/// <summary>
/// Streams of a chat and of the owner's list of chats, as Server-Sent Events or, on upgrade, over a WebSocket.
/// </summary>
internal static class StreamEndpoints
{
    public static void Map(RouteGroupBuilder group, AuthorizationPolicy usual)
    {
        var follow = group.MapGet("/chats/{id}/stream", FollowAsync)
            .WithName("FollowChat")
            .WithSummary("Follows a chat from a position: the Last-Event-ID header, last_event_id, or after_id. Server-Sent Events, or a WebSocket on upgrade.")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status429TooManyRequests);
        StreamAccess.Guard(follow, usual, StreamScope.OfPath);
        var watch = group.MapGet("/chats/watch", WatchAsync)
            .WithName("WatchChats").WithSummary("Follows your list of chats. Server-Sent Events, or a WebSocket on upgrade.")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream").ProducesProblem(StatusCodes.Status429TooManyRequests);
        StreamAccess.Guard(watch, usual, _ => StreamScope.Watch);
    }

    private static Task<IResult> FollowAsync(
        string id,
        HttpContext context,
        ChatService chats,
        EventStream stream,
        string? after_id = null,
        string? last_event_id = null)
    {
        if (ReadPosition(context, after_id, last_event_id, out var position) is { } problem)
        {
            return Task.FromResult(problem);
        }

        var owner = Owner.Of(context);
        return ChatId.TryParse(id, out var chatId)
            ? stream.OpenAsync(context, owner, () => chats.SubscribeAsync(owner, chatId, position, context.RequestAborted))
            : Task.FromResult(Problems.ChatNotFound());
    }

    private static Task<IResult> WatchAsync(HttpContext context, ChatService chats, EventStream stream)
    {
        var owner = Owner.Of(context);
        return stream.OpenAsync(context, owner, () => Task.FromResult<WatchSubscription?>(chats.Watch(owner)));
    }

    /// <summary>
    /// A reconnecting browser repeats its first URL and adds the header, so the header takes precedence.
    /// </summary>
    private static IResult? ReadPosition(HttpContext context, string? afterId, string? lastEventId, out Position position)
    {
        position = Position.Start;
        var (field, text) = context.Request.Headers.TryGetValue("Last-Event-ID", out var header) && header.ToString() is { Length: > 0 } given
            ? ("Last-Event-ID", given)
            : ("last_event_id", lastEventId);
        if (!string.IsNullOrEmpty(text))
        {
            return Position.TryParse(text, out position) ? null : Problems.Invalid(field, "The position is not one that an event came with.");
        }

        if (afterId is null)
        {
            return null;
        }

        if (!Query.TryId(afterId, out var messageId))
        {
            return Problems.Invalid("after_id", "A message id is a number.");
        }

        position = new Position(0, messageId, 0, 0);
        return null;
    }
}
