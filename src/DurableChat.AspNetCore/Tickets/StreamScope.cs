using DurableChat.Chats;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.Tickets;

/// <summary>Names streams in tickets.</summary>
internal static class StreamScope
{
    /// <summary>The owner's list of chats.</summary>
    public const string Watch = "watch";

    /// <summary>The stream of one chat.</summary>
    public static string Of(ChatId chat) => chat.ToString();

    /// <summary>The stream of the chat that a request's path names; null if it names none.</summary>
    public static string? OfPath(HttpContext context) => ChatId.TryParse(context.Request.RouteValues["id"] as string, out var chat) ? Of(chat) : null;
}
