using Scalar.AspNetCore;

namespace DurableChat.Server.Http;

/// <summary>
/// The security headers for browsers. Every response gets them. Endpoints that show a page declare what it may do; all
/// other responses may do nothing.
/// </summary>
internal static class SecurityHeaders
{
    private const string NothingPolicy =
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>
    /// The page shows a model's text, so a hole in the sanitiser must not become a script, a form or a leak. Pictures
    /// that a model generated are data URLs of the page itself.
    /// </summary>
    private const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        + "img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        + "trusted-types dompurify";

    private const string TransportSecurity = "max-age=31536000";

    /// <summary>
    /// Sets the headers on every response, including those with which the host refuses a request early. So this is the
    /// first of all filters.
    /// </summary>
    public static void Add(IServiceCollection services) =>
        services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter, Filter>());

    /// <summary>Marks a response as part of the page.</summary>
    public static void SetPage(IHeaderDictionary headers) => headers.ContentSecurityPolicy = PagePolicy;

    private static Task Complete(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";
        if (headers.ContentSecurityPolicy.Count == 0)
        {
            headers.ContentSecurityPolicy = context.Items[ScalarOptions.NonceHttpContextItemKey] is string nonce
                ? ReferencePolicy(nonce)
                : NothingPolicy;
        }

        if (headers.CacheControl.Count == 0 && headers.ETag.Count == 0)
        {
            headers.CacheControl = "no-store";
        }

        if (context.Request.IsHttps && !IsThisMachine(context.Request.Host.Host))
        {
            headers.StrictTransportSecurity = TransportSecurity;
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// The API reference is part of the program and shows only the API's description. It adds its styles to the
    /// document itself.
    /// </summary>
    private static string ReferencePolicy(string nonce) =>
        $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; font-src 'self' "
        + "data:; img-src 'self' data: blob:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>
    /// A browser that has seen the header once for localhost would refuse everything else that is developed there.
    /// </summary>
    private static bool IsThisMachine(string host) => host is "localhost" or "127.0.0.1" or "[::1]";

    private sealed class Filter : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                // Error handlers reset the response, so the headers are set when it is sent.
                context.Response.OnStarting(static state => Complete((HttpContext)state), context);
                return rest(context);
            });
            next(app);
        };
    }
}
