using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.AspNetCore.Tickets;

/// <summary>Tells whose ticket a request brings.</summary>
public static class TicketOwner
{
    /// <summary>The owner whose ticket a request brings, for whatever stream; null if it brings none, or one that has expired or was not made here. For counting requests: it opens nothing.</summary>
    public static string? Find(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Request.Query.TryGetValue(StreamAccess.Parameter, out var text) ? context.RequestServices.GetRequiredService<StreamTickets>().OwnerOf(text.ToString()) : null;
    }
}
