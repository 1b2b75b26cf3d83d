using System.Security.Claims;
using DurableChat.Storage;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace DurableChat.AspNetCore.Tickets;

/// <summary>
/// Lets into a stream whom the application's default policy lets in, or else who brings a ticket for it. A ticket is no authentication scheme, so that it opens nothing
/// else, and so that an application's own schemes stay as they are. Whatever else an application asks for of all endpoints, who asked for the ticket has met a moment ago. Thread-safe.
/// </summary>
internal sealed class StreamAccess(StreamTickets tickets) : IAuthorizationHandler
{
    /// <summary>Where in the query a ticket stands.</summary>
    public const string Parameter = "ticket";

    /// <summary>Guards a stream.</summary>
    /// <param name="endpoint">The stream.</param>
    /// <param name="usual">Who gets in without a ticket.</param>
    /// <param name="scope">Which stream a request asks for.</param>
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

    /// <summary>True for a request that got in with a ticket only to be told that it is not good.</summary>
    public static bool HasWrongTicket(HttpContext context) => context.Features.Get<WrongTicket>() is not null;

    /// <summary>True for a request of whose ticket nothing could be said, because the store could not be
    /// asked.</summary>
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

            // Who brings a wrong ticket goes on as nobody, to be told that it was the ticket.
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

    /// <summary>While the store cannot be asked for the key of a ticket, nothing is known of it: the client is to try
    /// again.</summary>
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

    /// <summary>What a stream asks of its callers.</summary>
    internal sealed record Requirement(AuthorizationPolicy Usual, Func<HttpContext, string?> Scope) : IAuthorizationRequirement;
}
