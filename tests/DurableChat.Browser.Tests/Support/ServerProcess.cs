using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Integration.Tests;

namespace DurableChat.Browser.Tests.Support;

/// <summary>A server as a process of its own, which can be killed and started again on the same address and file.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly string[] _settings =
    [
        "Models__0__Name=demo", "Models__0__Provider=demo", "Models__0__DelayMs=5",
        "Models__1__Name=slow", "Models__1__Provider=demo", "Models__1__DelayMs=40",
        "Models__2__Name=instant", "Models__2__Provider=demo", "Models__2__DelayMs=0",
        "DurableChat__Worker__MaxAttempts=2", "DurableChat__Worker__Retry__FirstDelay=00:00:01",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly string[] _environment;
    private Process? _process;

    private ServerProcess(string[] environment) => _environment = environment;

    public Uri Url { get; private set; } = new("http://127.0.0.1:0");

    public HttpClient Http { get; } = new();

    public string Data => _folder.File("chat.db");

    public static async Task<ServerProcess> StartAsync(params string[] environment)
    {
        var server = new ServerProcess([.. _settings, .. environment]);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts it where it was.</summary>
    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "DurableChat.Server.dll"), "serve", "--urls", Url.ToString(), "--data", Data])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var variable in _environment)
        {
            start.Environment[variable.Split('=', 2)[0]] = variable.Split('=', 2)[1];
        }

        var process = _process = Process.Start(start)!;
        _ = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("DurableChat is ready on ", StringComparison.Ordinal))
            {
                // Read on, or the server would wait for somebody to read its log.
                _ = process.StandardOutput.ReadToEndAsync();
                Url = new Uri(line.Split(' ')[4]);
                return;
            }
        }

        throw new InvalidOperationException("The server ended before it was ready.");
    }

    /// <summary>Ends it without a chance to clean up.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    public async Task<string> CreateAsync(string content, string model = "demo")
    {
        using var response = await Http.PostAsJsonAsync(Api("chats"), new { content, model });
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    /// <summary>Creates a chat and waits for the end of its first turn.</summary>
    public async Task<string> CreateAnsweredAsync(string content, string model = "instant")
    {
        var chat = await CreateAsync(content, model);
        await WaitForStatusAsync(chat, "waiting");
        return chat;
    }

    public async Task WaitForStatusAsync(string chat, string status)
    {
        while ((await Http.GetFromJsonAsync<JsonElement>(Api($"chats/{chat}"))).GetProperty("status").GetString() != status)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    /// <summary>The texts of a chat's history as the store has it.</summary>
    public async Task<(string Role, string Text)[]> ReadAsync(string chat) =>
    [
        .. (await Http.GetFromJsonAsync<JsonElement>(Api($"chats/{chat}/messages?limit=500"))).GetProperty("messages").EnumerateArray().Select(message => (
            message.GetProperty("role").GetString()!,
            string.Concat(message.GetProperty("parts").EnumerateArray().Where(part => part.GetProperty("type").GetString() == "text").Select(part => part.GetProperty("text").GetString())))),
    ];

    public Uri Api(string path) => new(Url, $"api/v1/{path}");

    public ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_process is not null)
        {
            Kill();
        }

        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
