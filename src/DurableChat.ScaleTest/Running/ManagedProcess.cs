using System.Diagnostics;

namespace DurableChat.ScaleTest.Running;

/// <summary>A second process of this program: a server or the mock model.</summary>
internal sealed class ManagedProcess : IAsyncDisposable
{
    private const string ServerProgram = "DurableChat.Server.dll";
    private const int MaxLogLines = 200;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly Queue<string> _log = new();
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ManagedProcess(string name, Process process)
    {
        Name = name;
        _process = process;
    }

    /// <summary>What it is called in messages.</summary>
    public string Name { get; }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Where it listens.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>Completes when the process has ended, for whatever reason.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The last lines it wrote.</summary>
    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_log)
            {
                return [.. _log];
            }
        }
    }

    /// <summary>Starts it, and waits until it says where it listens.</summary>
    /// <exception cref="StartFailedException">It ended, or said nothing for a minute.</exception>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="arguments">What it is told to do.</param>
    /// <param name="environment">Its settings.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="cancellationToken">Ends the wait, and the process.</param>
    /// <param name="traits">What is special about it; null for nothing.</param>
    public static async Task<ManagedProcess> StartAsync(
        string name, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string folder, CancellationToken cancellationToken, ProcessTraits? traits = null)
    {
        var start = StartInfo(arguments, traits ?? new ProcessTraits());

        // What a person has configured for a server of their own, here or in this folder, is not for these: it would
        // change what is measured, or use a key.
        start.WorkingDirectory = folder;
        foreach (var key in start.Environment.Keys.Where(IsSetting).ToList())
        {
            start.Environment.Remove(key);
        }

        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        var managed = new ManagedProcess(name, new Process { StartInfo = start, EnableRaisingEvents = true });
        managed._process.OutputDataReceived += (_, line) => managed.Read(line.Data);
        managed._process.ErrorDataReceived += (_, line) => managed.Read(line.Data);
        managed._process.Exited += (_, _) =>
        {
            managed._ended.TrySetResult();
            managed._ready.TrySetException(new StartFailedException($"{name} ended before it was ready."));
        };
        managed._process.Start();
        managed._process.BeginOutputReadLine();
        managed._process.BeginErrorReadLine();
        try
        {
            managed.Url = await managed._ready.Task.WaitAsync(_patience, cancellationToken);
            return managed;
        }
        catch (Exception exception)
        {
            await managed.DisposeAsync();
            if (exception is StartFailedException or TimeoutException)
            {
                throw new StartFailedException($"{name} did not start.\n{string.Join('\n', managed.Log)}");
            }

            throw;
        }
    }

    /// <summary>Asks it to stop; kills it if it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            await kill.WaitForExitAsync();
            try
            {
                await _process.WaitForExitAsync().WaitAsync(_patience);
            }
            catch (TimeoutException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        // Also for one that has ended by itself: only then have its last lines been read.
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static ProcessStartInfo StartInfo(IReadOnlyList<string> arguments, ProcessTraits traits)
    {
        // As one file the program is the process; else it was started as "dotnet program.dll". Under a test host that
        // program is the test's; the server lies beside it.
        var path = Environment.ProcessPath!;
        var isUnderDotnet = Path.GetFileNameWithoutExtension(path) == "dotnet";
        string[] program =
            traits.Other is not { } other ? isUnderDotnet ? [path, Path.Combine(AppContext.BaseDirectory, ServerProgram)] : [path]
            : Path.GetExtension(other) == ".dll" ? [isUnderDotnet ? path : "dotnet", other]
            : [other];

        // The runtime leaves SIGXFSZ as it finds it, and what is ignored stays so in the program that takes the shell's
        // place. Limits stay, too.
        string[] words =
        [
            .. traits.OutlivesFileLimit ? ["trap '' XFSZ"] : Array.Empty<string>(),
            .. traits.OpenFiles is { } files ? [$"ulimit -n {files}"] : Array.Empty<string>(),
        ];
        if (words.Length > 0)
        {
            program = ["/bin/sh", "-c", $"{string.Join("; ", words)}; exec \"$@\"", "sh", .. program];
        }

        // Within this session only: in one of its own, on a busy machine, it would get no processor at all.
        if (traits.Yields && File.Exists("/usr/bin/nice"))
        {
            program = ["/usr/bin/nice", "-n", "19", .. program];
        }

        // In a session of their own, Ctrl-C reaches the test alone, which then ends them in order and still reads their
        // metrics.
        string[] all = File.Exists("/usr/bin/setsid") ? ["/usr/bin/setsid", .. program, .. arguments] : [.. program, .. arguments];
        return new ProcessStartInfo(all[0], all.Skip(1));
    }

    private static bool IsSetting(string variable) =>
        variable.Contains("__", StringComparison.Ordinal)
        || variable.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)
        || variable.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase)
        || variable.Equals("DOTNET_ENVIRONMENT", StringComparison.OrdinalIgnoreCase);

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_log)
        {
            _log.Enqueue(line);
            if (_log.Count > MaxLogLines)
            {
                _log.Dequeue();
            }
        }

        if (line.IndexOf(" is ready on ", StringComparison.Ordinal) is var at && at > 0
            && Uri.TryCreate(line[(at + " is ready on ".Length)..].Split(' ', ',')[0], UriKind.Absolute, out var url))
        {
            _ready.TrySetResult(url);
        }
    }
}
