using DurableChat.AspNetCore.Tickets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.AspNetCore.Identity;

/// <summary>Determines the owner of a request.</summary>
internal static class Owner
{
    /// <summary>The owner's name. Throws if there is none, which the endpoints' filter has already refused.</summary>
    public static string Of(HttpContext context) => Find(context) ?? throw new InvalidOperationException("The request has no owner.");

    /// <summary>The owner's name; null if the request has none.</summary>
    public static string? Find(HttpContext context)
    {
        if (context.Features.Get<Known>() is { } known)
        {
            return known.Owner;
        }

        // A request with a ticket has no other claim. The ticket names the owner to which its request was mapped.
        var owner = context.Features.Get<StreamTicket>()?.Owner ?? context.RequestServices.GetRequiredService<OwnerMapping>().Find(context);
        context.Features.Set(new Known(owner));
        return owner;
    }

    private sealed record Known(string? Owner);
}
