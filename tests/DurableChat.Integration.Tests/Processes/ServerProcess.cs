using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Integration.Tests.Streaming;
using DurableChat.Tests.Support;

namespace DurableChat.Integration.Tests.Processes;

/// <summary>The server as a process of its own, to be killed or told to stop.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const string ServerProgram = "DurableChat.Server.dll";
    private readonly Process _process;

    private ServerProcess(Process process, Uri url)
    {
        _process = process;
        Http = new HttpClient { BaseAddress = new Uri(url, "api/v1/"), Timeout = TimeSpan.FromSeconds(60) };
    }

    public HttpClient Http { get; }

    public long PeakBytes
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>How many files it has open now.</summary>
    public int OpenFiles => Directory.GetFileSystemEntries($"/proc/{_process.Id}/fd").Length;

    /// <summary>The names of the assemblies that it has loaded.</summary>
    public IReadOnlySet<string> Assemblies => File.ReadLines($"/proc/{_process.Id}/maps")
        .Where(line => line.EndsWith(".dll", StringComparison.Ordinal)).Select(line => Path.GetFileName(line)).ToHashSet();

    public static Task<ServerProcess> StartAsync(string data, params string[] environment) => StartProgramAsync("dotnet", Arguments(ServerProgram, data), environment);

    /// <summary>Starts the server as the lab runs it, which takes the settings of the section <c>Lab</c> too.</summary>
    public static Task<ServerProcess> StartInLabAsync(string data, params string[] environment) => StartProgramAsync("dotnet", Arguments("DurableChat.Lab.dll", data), environment);

    /// <summary>Starts one that may have so many files open.</summary>
    public static Task<ServerProcess> StartLimitedAsync(string data, int files) =>
        StartProgramAsync("/bin/sh", ["-c", $"ulimit -n {files}; exec dotnet \"$@\"", "sh", .. Arguments(ServerProgram, data)], []);

    private static string[] Arguments(string program, string data) => [Path.Combine(AppContext.BaseDirectory, program), "serve", "--urls", "http://127.0.0.1:0", "--data", data];

    private static async Task<ServerProcess> StartProgramAsync(string program, string[] arguments, string[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var variable in environment)
        {
            start.Environment[variable.Split('=', 2)[0]] = variable.Split('=', 2)[1];
        }

        var process = Process.Start(start)!;
        _ = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("DurableChat is ready on ", StringComparison.Ordinal))
            {
                // Read on, or the server would wait for somebody to read its log.
                _ = process.StandardOutput.ReadToEndAsync();
                return new ServerProcess(process, new Uri(line.Split(' ')[4]));
            }
        }

        throw new InvalidOperationException("The server ended before it was ready.");
    }

    public async Task<string> CreateAsync(string content)
    {
        using var response = await Http.PostAsJsonAsync("chats", new { content });
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    public Task<Screen> FollowAsync(string chat, Func<Screen, bool> until, Screen? screen = null) => SseClient.FollowAsync(Http, $"chats/{chat}/stream", until, screen);

    /// <summary>Ends it without a chance to clean up.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Asks it to stop, and gives its exit code.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
