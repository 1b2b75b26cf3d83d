namespace DurableChat.Server.Pages;

/// <summary>The text in place of the page if the page was not built.</summary>
internal static class MissingPage
{
    private const string Html = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>DurableChat</title>
        <h1>DurableChat is running, its page is not built</h1>
        <p>The page is built with npm, which was missing or failed when the server was built. To get it, install Node.js 20.19 or newer, stop the server and start it again, which builds the page:</p>
        <pre>./durablechat serve</pre>
        <p>The API works without it: <a href="/docs">the API reference</a>.</p>
        </html>
        """;

    public static async Task SendAsync(HttpContext context)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync(Html, context.RequestAborted);
    }
}
