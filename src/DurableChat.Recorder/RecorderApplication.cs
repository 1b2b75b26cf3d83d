using System.Text.Json;
using DurableChat.Recorder.Calls;
using DurableChat.Recorder.Options;
using DurableChat.Recorder.Recordings;
using DurableChat.Recorder.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Recorder;

/// <summary>
/// Builds the recorder. It reads no configuration, neither files nor environment variables, so settings of the server
/// next to it have no effect.
/// </summary>
internal static class RecorderApplication
{
    private static readonly JsonSerializerOptions _json =
        new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly TimeSpan _connectTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _connectionLifetime = TimeSpan.FromMinutes(5);

    /// <summary>Builds the application. It claims its folder here but does not listen yet.</summary>
    /// <exception cref="FormatException">The address cannot be listened on.</exception>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <param name="options">The options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="network">Sends requests to providers; null for the network.</param>
    public static WebApplication Build(RecorderOptions options, TimeProvider time, HttpMessageHandler? network = null)
    {
        var on = ListenOn.Parse(options.Listen);
        var spool = Spool.Open(options.Folder, options.SpoolBytes);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options, on));
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(spool);
        builder.Services.AddSingleton(_ => new HttpMessageInvoker(network ?? Network()));
        builder.Services.AddSingleton<Exchanges>();
        builder.Services.AddSingleton<ExchangeEndpoint>();
        builder.Services.AddSingleton<IdleWatch>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<IdleWatch>());
        builder.Services.AddSingleton<IHostLifetime, RecorderLifetime>();

        // Running exchanges cannot be handed over, because the next recorder does not have the connections.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var app = builder.Build();
        app.Run(HandleAsync);
        return app;
    }

    private static void Configure(KestrelServerOptions kestrel, RecorderOptions options, ListenOn on)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.MaxRequestBytes;

        // A reader may be slow or suspended for a while. It costs only its connection.
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.MaxRequestHeadersTotalSize = 256 * 1024;
        if (on.SocketPath is not { } path)
        {
            kestrel.Listen(on.EndPoint(), listen => listen.Protocols = HttpProtocols.Http1);
            return;
        }

        // The socket is the remains of a crash: a running recorder would hold the folder.
        File.Delete(path);
        kestrel.ListenUnixSocket(path, listen => listen.Protocols = HttpProtocols.Http1);
    }

    private static SocketsHttpHandler Network() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = _connectTimeout,
        PooledConnectionLifetime = _connectionLifetime,
        ActivityHeadersPropagator = null,
    };

    private static async Task HandleAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var shown = context.Request.Headers[RecorderHeaders.Secret];
        if (!services.GetRequiredService<RecorderOptions>().Secret.Matches(shown))
        {
            ExchangeEndpoint.Refuse(context, StatusCodes.Status401Unauthorized, RecorderErrors.WrongSecret);
            return;
        }

        try
        {
            await RouteAsync(context, services).ConfigureAwait(false);
        }
        catch (Exception exception) when (
            exception is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The reader has disconnected, or the exchange was dropped while it was read.
            context.Abort();
        }
    }

    private static Task RouteAsync(HttpContext context, IServiceProvider services)
    {
        var endpoint = services.GetRequiredService<ExchangeEndpoint>();
        if (context.Request.Path.Value is not (RecorderPaths.Exchanges or RecorderPaths.Status))
        {
            // A server of another version. It does not keep the recorder alive.
            ExchangeEndpoint.Refuse(context, StatusCodes.Status404NotFound, RecorderErrors.BadRequest);
            return Task.CompletedTask;
        }

        services.GetRequiredService<IdleWatch>().Touch();
        switch (context.Request.Method, context.Request.Path.Value)
        {
            case ("POST", RecorderPaths.Exchanges):
                return endpoint.PostAsync(context);
            case ("DELETE", RecorderPaths.Exchanges):
                endpoint.Delete(context);
                return Task.CompletedTask;
            case ("GET", RecorderPaths.Status):
                context.Response.Headers[RecorderHeaders.Answer] = "status";
                return context.Response.WriteAsJsonAsync(
                    services.GetRequiredService<Exchanges>().Figures(), _json, context.RequestAborted);
            default:
                ExchangeEndpoint.Refuse(context, StatusCodes.Status405MethodNotAllowed, RecorderErrors.BadRequest);
                return Task.CompletedTask;
        }
    }
}
