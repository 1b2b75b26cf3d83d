using DurableChat.AspNetCore.Tickets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.AspNetCore;

/// <summary>Tells who asks.</summary>
internal static class Owner
{
    /// <summary>The owner's name. The endpoints' filter has refused requests without one.</summary>
    public static string Of(HttpContext context) => Find(context) ?? throw new InvalidOperationException("The request has no owner.");

    /// <summary>The owner's name; null if the request has none.</summary>
    public static string? Find(HttpContext context)
    {
        if (context.Features.Get<Known>() is { } known)
        {
            return known.Owner;
        }

        // Who brings a ticket has no other claim; the ticket names the owner that the mapping gave when it was asked for.
        var owner = context.Features.Get<StreamTicket>()?.Owner ?? context.RequestServices.GetRequiredService<OwnerMapping>().Find(context);
        context.Features.Set(new Known(owner));
        return owner;
    }

    private sealed record Known(string? Owner);
}
