using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using DurableChat.Integration.Tests.Streaming;
using DurableChat.Server.Configuration;
using DurableChat.Server.Hosting;
using DurableChat.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DurableChat.Integration.Tests.Http;

/// <summary>
/// The real server in this process, on a real port, with a database of its own. The demo model talks without pauses
/// unless told otherwise.
/// </summary>
internal sealed partial class TestServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WebApplication _app;

    private TestServer(WebApplication app, TemporaryFolder folder, string url)
    {
        _app = app;
        _folder = folder;
        Url = url;
        Http = Client();
    }

    public string Url { get; }

    /// <summary>The file that holds the chats.</summary>
    public string Database => _folder.File("chat.db");

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public static Task<TestServer> StartAsync(int? window = null, params string[] settings) => StartAsync(window, (Action<WebApplicationBuilder>?)null, settings);

    public static Task<TestServer> StartAsync(int? window, TimeProvider time, params string[] settings) =>
        StartAsync(window, builder => builder.Services.AddSingleton(time), settings);

    /// <summary>Starts a server that is built of something else in places.</summary>
    public static Task<TestServer> StartWithAsync(Action<WebApplicationBuilder> configure, params string[] settings) => StartAsync(null, configure, settings);

    private static async Task<TestServer> StartAsync(int? window, Action<WebApplicationBuilder>? configure, string[] settings)
    {
        var folder = new TemporaryFolder();
        var app = ServerApplication.Build(
            new ServeOptions("http://127.0.0.1:0", folder.File("chat.db"), null, window),
            ["Models:0:Name=demo", "Models:0:Provider=demo", "Models:0:DelayMs=0", "Models:1:Name=slow", "Models:1:Provider=demo", "Models:1:DelayMs=5", "Models:2:Name=stuck", "Models:2:Provider=demo", "Models:2:DelayMs=60000", "DurableChat:Worker:DrainTime=00:00:00", "Logging:LogLevel:Default=None", .. settings],
            configure);
        await app.StartAsync();
        return new TestServer(app, folder, app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public HttpClient Client(string? token = null)
    {
        var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 10_000 }) { BaseAddress = new Uri($"{Url}/api/v1/") };
        if (token is not null)
        {
            http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        }

        return http;
    }

    public async Task<string> CreateAsync(string content = "hello", string model = "demo", HttpClient? http = null)
    {
        using var response = await (http ?? Http).PostAsJsonAsync("chats", new { content, model });
        Assert.Equal(System.Net.HttpStatusCode.Created, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    public async Task<JsonElement> SendAsync(string chat, string content, string busyBehavior = "queue")
    {
        using var response = await Http.PostAsJsonAsync($"chats/{chat}/messages", new { content, busy_behavior = busyBehavior });
        Assert.Equal(System.Net.HttpStatusCode.Accepted, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async Task<JsonElement> GetAsync(string path) => await Http.GetFromJsonAsync<JsonElement>(path);

    public async Task<long[]> ReadIdsAsync(string chat) =>
        [.. (await GetAsync($"chats/{chat}/messages?limit=500")).GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("id").GetInt64())];

    public Task<Screen> FollowAsync(string chat, Func<Screen, bool> until, Screen? screen = null) => SseClient.FollowAsync(Http, $"chats/{chat}/stream", until, screen);

    /// <summary>The sum of a metric over all label sets that contain the given text.</summary>
    public async Task<double> MetricAsync(string name, string labels = "")
    {
        // The exporter may answer from a scrape of a moment ago.
        await Task.Delay(TimeSpan.FromMilliseconds(400), TimeProvider.System);
        var text = await Http.GetStringAsync(new Uri($"{Url}/metrics"));
        return MetricLine().Matches(text).Where(match => match.Groups[1].Value == name && match.Groups[2].Value.Contains(labels, StringComparison.Ordinal))
            .Sum(match => double.Parse(match.Groups[3].ValueSpan, System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Asks it to stop, and waits.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [GeneratedRegex(@"^(\w+)(\{[^\n]*\})? ([0-9.eE+-]+)", RegexOptions.Multiline)]
    private static partial Regex MetricLine();
}
