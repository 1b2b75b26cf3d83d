using System.Security.Claims;
using DurableChat.AspNetCore.Wire;
using DurableChat.Storage;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace DurableChat.AspNetCore.Tickets;

/// <summary>
/// Admits a caller to a stream if the application's default policy does, or if the request has a ticket for that
/// stream. Tickets are not an authentication scheme, so they open nothing else and leave the application's own schemes
/// unchanged. Any further requirements of the application were met when the ticket was requested, a moment ago.
/// Thread-safe.
/// </summary>
internal sealed class StreamAccess(StreamTickets tickets) : IAuthorizationHandler
{
    /// <summary>The query field that contains a ticket.</summary>
    public const string Parameter = "ticket";

    /// <summary>Protects a stream.</summary>
    /// <param name="endpoint">The stream.</param>
    /// <param name="usual">The policy for requests without a ticket.</param>
    /// <param name="scope">Returns the stream that a request asks for.</param>
    public static void Guard(RouteHandlerBuilder endpoint, AuthorizationPolicy usual, Func<HttpContext, string?> scope) => endpoint
        .WithMetadata(new QueryField(Parameter))
        .RequireAuthorization(new AuthorizationPolicy([new Requirement(usual, scope)], usual.AuthenticationSchemes))
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = Parameter,
                In = ParameterLocation.Query,
                Description = "A ticket for this stream, instead of the Authorization header, which browsers' EventSource and WebSocket cannot send.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
            return Task.CompletedTask;
        });

    /// <summary>True for a request that was admitted only so that it can be refused for its invalid ticket.</summary>
    public static bool HasWrongTicket(HttpContext context) => context.Features.Get<WrongTicket>() is not null;

    /// <summary>True for a request whose ticket could not be checked because the store did not answer.</summary>
    public static bool HasUnknownTicket(HttpContext context) => context.Features.Get<UnknownTicket>() is not null;

    /// <inheritdoc/>
    public async Task HandleAsync(AuthorizationHandlerContext context)
    {
        if (context.Resource is not HttpContext http || context.Requirements.OfType<Requirement>().FirstOrDefault() is not { } requirement)
        {
            return;
        }

        if (http.Request.Query.TryGetValue(Parameter, out var text))
        {
            var ticket = await ReadAsync(http, text.ToString(), requirement.Scope(http));
            http.User = ticket is null ? new ClaimsPrincipal(new ClaimsIdentity()) : PrincipalOf(ticket);
            http.Features.Set(new StreamDeadline(ticket?.Until));
            http.Features.Set(ticket);

            // A request with a bad ticket continues unauthenticated, so that the response can name the ticket as the
            // cause.
            http.Features.Set(ticket is null ? new WrongTicket() : null);
            foreach (var pending in context.PendingRequirements.ToArray())
            {
                context.Succeed(pending);
            }

            return;
        }

        var authorization = http.RequestServices.GetRequiredService<IAuthorizationService>();
        if ((await authorization.AuthorizeAsync(context.User, http, requirement.Usual.Requirements)).Succeeded)
        {
            context.Succeed(requirement);
        }
    }

    /// <summary>
    /// While the store cannot return the key of a ticket, the ticket is neither valid nor invalid, and the client must
    /// retry.
    /// </summary>
    private async ValueTask<StreamTicket?> ReadAsync(HttpContext http, string text, string? scope)
    {
        try
        {
            return await tickets.ReadAsync(text, scope, http.RequestAborted);
        }
        catch (ChatStoreException)
        {
            http.Features.Set(new UnknownTicket());
            return null;
        }
    }

    private static ClaimsPrincipal PrincipalOf(StreamTicket ticket) => new(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, ticket.Owner)], nameof(StreamTicket)));

    private sealed class WrongTicket;

    private sealed class UnknownTicket;

    /// <summary>The requirement that a stream has for its callers.</summary>
    internal sealed record Requirement(AuthorizationPolicy Usual, Func<HttpContext, string?> Scope) : IAuthorizationRequirement;
}
