using DurableChat.Chats;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.Tickets;

/// <summary>The names of streams in tickets.</summary>
internal static class StreamScope
{
    /// <summary>The owner's list of chats.</summary>
    public const string Watch = "watch";

    /// <summary>The stream of one chat.</summary>
    public static string Of(ChatId chat) => chat.ToString();

    /// <summary>The stream of the chat in the request's path; null if the path contains no valid chat id.</summary>
    public static string? OfPath(HttpContext context) =>
        ChatId.TryParse(context.Request.RouteValues["id"] as string, out var chat) ? Of(chat) : null;
}
