using DurableChat.AspNetCore.Wire;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.Identity;

/// <summary>
/// Refuses requests that a browser makes for a page of another origin, unless that origin is allowed. Such requests
/// exploit cookies, or a server without authentication, and some of them need no preflight: WebSockets, and commands
/// without a body. Programs other than browsers are let through.
/// </summary>
internal sealed class ForeignOriginFilter(DurableChatHttpOptions options) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        IsAllowed(context.HttpContext.Request) ? await next(context) : Problems.ForeignOrigin();

    private bool IsAllowed(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        if (options.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase))
        {
            return true;
        }

        // The browser's own header takes precedence over a comparison, which fails behind proxies that change scheme or
        // host. Pages cannot set this header.
        return request.Headers["Sec-Fetch-Site"].ToString() switch
        {
            "same-origin" or "none" => true,

            // The scheme is not compared: a proxy that ends TLS keeps Host but not the scheme, and browsers send
            // nothing more for WebSockets.
            "" => origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)),
            _ => false,
        };
    }
}
