using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DurableChat.Bench.Targets;

/// <summary>An ASP.NET Core host with nothing in it that a target does not need.</summary>
internal static class PlainHost
{
    public static WebApplicationBuilder CreateBuilder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        return builder;
    }

    /// <summary>The chat that a request names.</summary>
    public static int ChatOf(HttpContext context) =>
        int.Parse(context.Request.Query["chat"]!, CultureInfo.InvariantCulture);

    /// <summary>Starts it; gives the port.</summary>
    public static async Task<int> StartAsync(WebApplication app)
    {
        await app.StartAsync();
        return new Uri(app.Urls.First()).Port;
    }
}
