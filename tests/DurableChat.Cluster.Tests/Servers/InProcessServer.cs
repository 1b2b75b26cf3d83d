using DurableChat.Server.Configuration;
using DurableChat.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.Cluster.Tests.Servers;

/// <summary>
/// The real server in this process, on a real port. The demo model talks without pauses unless told otherwise.
/// </summary>
internal static class InProcessServer
{
    public static WebApplication Build(ServeOptions options, params string[] settings) => Build(options, null, settings);

    private static WebApplication Build(ServeOptions options, Action<WebApplicationBuilder>? configure, string[] settings) =>
        ServerApplication.Build(
            options, [.. ((string[])[.. settings, "Models:0:Name=demo", "Models:0:Provider=demo", "Models:0:DelayMs=0", "Logging:LogLevel:Default=None"]).DistinctBy(setting => setting.Split('=')[0])], configure);

    public static Task<WebApplication> StartAsync(ServeOptions options, params string[] settings) => StartAsync(options, null, settings);

    public static async Task<WebApplication> StartAsync(ServeOptions options, Action<WebApplicationBuilder>? configure, params string[] settings)
    {
        var app = Build(options, configure, settings);
        await app.StartAsync();
        return app;
    }

    public static Uri UrlOf(WebApplication app) => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static HttpClient Client(WebApplication app) => new() { BaseAddress = new Uri(UrlOf(app), "/api/v1/") };
}
