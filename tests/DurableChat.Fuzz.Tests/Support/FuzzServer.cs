using System.Collections.Concurrent;
using System.Text;
using DurableChat.AspNetCore.Streaming;
using DurableChat.Feeds;
using DurableChat.Integration.Tests;
using DurableChat.Server.Configuration;
using DurableChat.Server.Hosting;
using DurableChat.Workers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DurableChat.Fuzz.Tests;

/// <summary>The real server; without sockets headers, paths and bodies may be anything.</summary>
internal sealed class FuzzServer : IAsyncDisposable
{
    /// <summary>Where the endpoints are, those of the AI SDK excepted.</summary>
    public const string Prefix = "/api/v1";

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder;
    private readonly WebApplication _app;
    private readonly ErrorLog _errors;

    private FuzzServer(WebApplication app, TemporaryFolder folder, ErrorLog errors)
    {
        _app = app;
        _folder = folder;
        _errors = errors;
    }

    /// <summary>Starts it, by default without sockets and without authentication.</summary>
    public static async Task<FuzzServer> StartAsync(bool isOnSocket = false, params string[] settings)
    {
        var folder = new TemporaryFolder();
        var errors = new ErrorLog();
        var app = ServerApplication.Build(
            new ServeOptions("http://127.0.0.1:0", folder.File("chat.db"), null, null),
            ["Models:0:Name=demo", "Models:0:Provider=demo", "Models:0:DelayMs=0", "Logging:LogLevel:Default=Error", "Http:MaxBodyBytes=65536", .. settings],
            builder =>
            {
                if (!isOnSocket)
                {
                    builder.WebHost.UseTestServer();
                }

                builder.Logging.ClearProviders().AddProvider(errors);
            });
        await app.StartAsync();
        return new FuzzServer(app, folder, errors);
    }

    /// <summary>Where it listens, if it does.</summary>
    public Uri Url => new(_app.Urls.Single());

    private TestServer Server => _app.GetTestServer();

    /// <summary>Sends a request; gives the status, and the body. A stream is left at once, or has to end.</summary>
    public async Task<(int Status, string Body)> SendAsync(
        string method, string path, string query = "", byte[]? body = null, Action<HttpRequest>? change = null, string prefix = Prefix, bool readsStream = false)
    {
        var context = await Server.SendAsync(http =>
        {
            http.Request.Method = method;
            http.Request.Scheme = "http";
            http.Request.Host = new HostString("localhost");
            http.Request.Path = new PathString(prefix + path);
            http.Request.QueryString = new QueryString(query);
            if (body is not null)
            {
                http.Request.ContentType = "application/json";
                http.Request.Body = new MemoryStream(body);
            }

            change?.Invoke(http.Request);
        });
        await using var answer = context.Response.Body;
        if (context.Response.StatusCode >= 500)
        {
            throw new InvalidOperationException($"{context.Response.StatusCode}: {method} {path}{query} {(body is null ? string.Empty : Encoding.UTF8.GetString(body))}: {string.Join('\n', _errors.Lines)}");
        }

        if (!readsStream && context.Response.ContentType?.StartsWith("text/event-stream", StringComparison.Ordinal) == true)
        {
            return (context.Response.StatusCode, string.Empty);
        }

        using var patience = new CancellationTokenSource(_patience, TimeProvider.System);
        using var reader = new StreamReader(answer, Encoding.UTF8);
        return (context.Response.StatusCode, await reader.ReadToEndAsync(patience.Token));
    }

    /// <summary>
    /// Nothing was logged as an error, and soon no turn runs, no stream counts, and nobody holds a feed.
    /// </summary>
    public async Task AssertAtRestAsync()
    {
        Assert.Empty(_errors.Lines);
        var feeds = _app.Services.GetRequiredService<FeedRegistry>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        var streams = _app.Services.GetRequiredService<OwnerStreams>();

        // A stream is given back after its feed has been let go of.
        while (streams.Count > 0 || _app.Services.GetRequiredService<Worker>().Count > 0 || feeds.All.Any(feed => feed.Inspect(0) is { Pins: > 0 } or { Subscribers: > 0 } or { Live: not null }))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class ErrorLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Lines.Enqueue($"{formatter(state, exception)} {exception}");
            }
        }

        public void Dispose()
        {
        }
    }
}
