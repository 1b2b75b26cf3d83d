using DurableChat.AspNetCore.Identity;
using DurableChat.AspNetCore.Tickets;
using DurableChat.AspNetCore.Wire;
using DurableChat.Chats;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DurableChat.AspNetCore.Endpoints;

/// <summary>Issues tickets for streams to pages.</summary>
internal static class StreamTicketEndpoints
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapPost("/chats/{id}/stream-ticket", IssueForChatAsync)
            .WithName("CreateStreamTicket").WithSummary("Gives a ticket that opens this chat's stream for a short time, for EventSource and WebSocket in browsers.")
            .Produces<StreamTicketResponse>().ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("/chats/watch/stream-ticket", (HttpContext context, StreamTickets tickets) =>
            IssueAsync(context, tickets, StreamScope.Watch))
            .WithName("CreateWatchTicket").WithSummary("Gives a ticket that opens the stream of your list of chats for a short time.")
            .Produces<StreamTicketResponse>();
    }

    private static async Task<IResult> IssueForChatAsync(string id, HttpContext context, ChatService chats, StreamTickets tickets) =>
        ChatId.TryParse(id, out var chat) && await chats.GetAsync(Owner.Of(context), chat, context.RequestAborted) is not null
            ? await IssueAsync(context, tickets, StreamScope.Of(chat))
            : Problems.ChatNotFound();

    private static async Task<IResult> IssueAsync(HttpContext context, StreamTickets tickets, string scope)
    {
        var ticket = await tickets.IssueAsync(Owner.Of(context), scope, StreamDeadline.Of(context),
            context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(ticket, HttpJson.Strict.StreamTicketResponse);
    }
}
