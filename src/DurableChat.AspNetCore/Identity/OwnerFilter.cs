using DurableChat.AspNetCore.Tickets;
using DurableChat.AspNetCore.Wire;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.Identity;

/// <summary>
/// Refuses requests without an owner, so that nothing is ever stored without one, and answers requests with a wrong
/// ticket.
/// </summary>
internal sealed class OwnerFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        StreamAccess.HasUnknownTicket(context.HttpContext) ? LaterOf(context.HttpContext)
        : StreamAccess.HasWrongTicket(context.HttpContext) ? Problems.InvalidTicket()
        : Owner.Find(context.HttpContext) is null ? Problems.NoOwner()
        : await next(context);

    private static IResult LaterOf(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "1";
        return Problems.StorageUnavailable();
    }
}
