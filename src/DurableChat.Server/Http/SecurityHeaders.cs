using Scalar.AspNetCore;

namespace DurableChat.Server.Http;

/// <summary>What a browser may make of answers. Every answer gets these headers; what shows something says what that may do, all else may do nothing.</summary>
internal static class SecurityHeaders
{
    private const string NothingPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>
    /// The page shows a model's words, so a hole in the sanitiser must not become a script, a form or a leak. Pictures
    /// that a model made are data of the page itself.
    /// </summary>
    private const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        + "img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types dompurify";

    private const string TransportSecurity = "max-age=31536000";

    /// <summary>Sets them on every answer, also on what the host refuses before the application sees it: hence first of all filters.</summary>
    public static void Add(IServiceCollection services) => services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter, Filter>());

    /// <summary>Says that an answer belongs to the page.</summary>
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
            headers.ContentSecurityPolicy = context.Items[ScalarOptions.NonceHttpContextItemKey] is string nonce ? ReferencePolicy(nonce) : NothingPolicy;
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

    /// <summary>The API reference comes with the program and shows nothing but the description; it puts its styles into the document itself.</summary>
    private static string ReferencePolicy(string nonce) =>
        $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data: blob:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>A browser that has once seen the header for localhost would refuse whatever else is developed there.</summary>
    private static bool IsThisMachine(string host) => host is "localhost" or "127.0.0.1" or "[::1]";

    private sealed class Filter : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                // Errors begin their answer anew, so the headers are set when it leaves.
                context.Response.OnStarting(static state => Complete((HttpContext)state), context);
                return rest(context);
            });
            next(app);
        };
    }
}
