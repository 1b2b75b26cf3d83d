using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.AspNetCore.Tickets;

/// <summary>Finds the owner of a request's ticket.</summary>
public static class TicketOwner
{
    /// <summary>
    /// The owner of the request's ticket, whatever its stream; null if there is no ticket, or it has expired or was not
    /// issued here. For counting requests only: it does not grant access.
    /// </summary>
    public static string? Find(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Request.Query.TryGetValue(StreamAccess.Parameter, out var text)
            ? context.RequestServices.GetRequiredService<StreamTickets>().OwnerOf(text.ToString())
            : null;
    }
}
