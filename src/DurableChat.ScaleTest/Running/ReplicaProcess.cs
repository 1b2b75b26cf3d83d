using System.Diagnostics;
using System.Text.RegularExpressions;

namespace DurableChat.ScaleTest.Running;

/// <summary>
/// One replica, which may be killed, paused and restarted, always at the same address. For one caller at a time.
/// </summary>
internal sealed partial class ReplicaProcess(string name, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> settings, string folder) : IAsyncDisposable
{
    private ManagedProcess? _process;
    private volatile bool _isDownOnPurpose;

    public string Name => name;

    /// <summary>What is special about its process; null for nothing.</summary>
    public ProcessTraits? Traits { get; init; }

    /// <summary>What it runs from its next start on: a .dll or an executable. Null for this program.</summary>
    public string? Program { get; set; }

    /// <summary>Where it listens, once it has been started.</summary>
    public Uri Url { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>Its process id; null while it is down.</summary>
    public int? Id => _process is { Ended.IsCompleted: false } running ? running.Id : null;

    /// <summary>The last lines it wrote.</summary>
    public IReadOnlyList<string> Log => _process?.Log ?? [];

    /// <summary>True if it is dead without the test's doing.</summary>
    public bool HasDied => !_isDownOnPurpose && _process is { Ended.IsCompleted: true };

    /// <summary>Starts it, at its old address if it had one.</summary>
    /// <exception cref="StartFailedException">It did not come up.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _process = Program is null ? await StartAsync(settings, cancellationToken) : await StartOtherAsync(cancellationToken);
        Url = _process.Url;
        _isDownOnPurpose = false;
    }

    /// <summary>Ends it without a chance to clean up.</summary>
    public Task KillAsync() => EndAsync("-KILL");

    /// <summary>Asks it to stop, and waits until it has.</summary>
    public Task StopAsync() => EndAsync("-TERM");

    /// <summary>Freezes it: its connections stay open, and nothing comes.</summary>
    public Task PauseAsync() => SignalAsync("-STOP");

    /// <summary>Lets it go on as if no time had passed.</summary>
    public Task ResumeAsync() => SignalAsync("-CONT");

    /// <summary>Lets it write nothing into files from now on, as if the disk were full; or everything again.</summary>
    /// <exception cref="StartFailedException">The system has no <c>prlimit</c>.</exception>
    public async Task LimitFilesAsync(bool isFull)
    {
        if (Id is not { } id)
        {
            return;
        }

        try
        {
            using var limit = Process.Start("prlimit", ["--pid", $"{id}", $"--fsize={(isFull ? "0" : "unlimited")}:unlimited"]);
            await limit.WaitForExitAsync();
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new StartFailedException($"A full disk needs the program prlimit of util-linux: {exception.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isDownOnPurpose = true;
        if (_process is not null)
        {
            await ResumeAsync();
            await _process.DisposeAsync();
        }
    }

    private Task<ManagedProcess> StartAsync(IReadOnlyDictionary<string, string> known, CancellationToken cancellationToken) =>
        ManagedProcess.StartAsync(
            name,
            [(Traits ?? new ProcessTraits()).Command, "--urls", Url.ToString().TrimEnd('/'), .. arguments],
            known,
            folder,
            cancellationToken,
            (Traits ?? new ProcessTraits()) with { Other = Program });

    /// <summary>
    /// Another version refuses settings that it does not know, and names them: it is started again without.
    /// </summary>
    private async Task<ManagedProcess> StartOtherAsync(CancellationToken cancellationToken)
    {
        for (var known = settings; ;)
        {
            try
            {
                return await StartAsync(known, cancellationToken);
            }
            catch (StartFailedException exception)
            {
                var unknown = UnknownSetting().Matches(exception.Message).Select(match => match.Groups[1].Value.Replace(":", "__", StringComparison.Ordinal)).ToHashSet(StringComparer.OrdinalIgnoreCase);
                var left = known.Where(setting => !unknown.Contains(setting.Key)).ToDictionary();
                if (left.Count == known.Count)
                {
                    throw;
                }

                known = left;
            }
        }
    }

    private async Task EndAsync(string signal)
    {
        _isDownOnPurpose = true;
        await SignalAsync(signal);
        await _process!.Ended;
        await _process.DisposeAsync();
    }

    private async Task SignalAsync(string signal)
    {
        if (Id is { } id)
        {
            using var kill = Process.Start("kill", [signal, $"{id}"]);
            await kill.WaitForExitAsync();
        }
    }

    [GeneratedRegex("There is no setting '([^']+)'")]
    private static partial Regex UnknownSetting();
}
