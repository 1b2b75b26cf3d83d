using System.Diagnostics;

namespace DurableChat.Samples.Tests;

/// <summary>A sample that serves, on a free port, in a folder of its own.</summary>
internal sealed class SampleProcess : IDisposable
{
    private const string Ready = "Now listening on: ";

    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private SampleProcess(Process process, DirectoryInfo folder, string url)
    {
        _process = process;
        _folder = folder;
        Url = url;
    }

    public string Url { get; }

    public static async Task<SampleProcess> StartAsync(string sample, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("durablechat-sample");
        var start = new ProcessStartInfo(
            "dotnet", [PackedSamples.Program(sample), "--urls", "http://127.0.0.1:0", "--Chats", Path.Combine(folder.FullName, "chats.db"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Path("samples", sample),
        };
        var process = Process.Start(start)!;
        var url = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new System.Collections.Concurrent.ConcurrentQueue<string>();
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _ = process.WaitForExitAsync().ContinueWith(_ => url.TrySetException(new InvalidOperationException($"{sample} ended.\n{string.Join('\n', log)}")), TaskScheduler.Default);
        return new SampleProcess(process, folder, await url.Task);

        void Read(string? line)
        {
            log.Enqueue(line ?? string.Empty);
            if (line?.Trim() is { } text && text.StartsWith(Ready, StringComparison.Ordinal))
            {
                url.TrySetResult(text[Ready.Length..]);
            }
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            // With its children: a sample starts an MCP server.
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }
}
