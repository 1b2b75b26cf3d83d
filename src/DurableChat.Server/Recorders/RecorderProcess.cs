using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;

namespace DurableChat.Server.Recorders;

/// <summary>
/// Starts a recorder beside the server. It is no part of the server: it outlives it, by whatever the server ends, and
/// ends by itself when no server has asked for it for a while. One thread at a time.
/// </summary>
/// <param name="folder">Its folder.</param>
/// <param name="withheld">Variables of the environment that it is not to have: they hold keys.</param>
/// <param name="logger">Where its output goes while this server lives.</param>
internal sealed partial class RecorderProcess(
    RecorderFolder folder, IReadOnlyCollection<string> withheld, ILogger<RecorderProcess> logger) : IDisposable
{
    private const string IdleTime = "00:01:00";
    private Process? _process;

    /// <summary>True if the one that was started last runs.</summary>
    public bool IsRunning
    {
        get
        {
            try
            {
                return _process is { HasExited: false };
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }
    }

    /// <summary>Starts it.</summary>
    /// <param name="onEnd">Called when it has ended.</param>
    public void Start(Action onEnd)
    {
        _process?.Dispose();
        var process = _process = new Process { StartInfo = StartInfo(), EnableRaisingEvents = true };
        process.Exited += (_, _) => onEnd();
        process.OutputDataReceived += (_, line) => Say(line.Data);
        process.ErrorDataReceived += (_, line) => Say(line.Data);
        try
        {
            process.Start();
            process.StandardInput.Close();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            LogStarted(process.Id);
        }
        catch (Win32Exception exception)
        {
            LogNotStarted(exception);
        }
    }

    /// <summary>Lets go of it. It runs on.</summary>
    public void Dispose() => _process?.Dispose();

    private ProcessStartInfo StartInfo()
    {
        // The server is either one file, or a library that a host runs.
        var library = Assembly.GetExecutingAssembly().Location;
        var program = Environment.ProcessPath!;
        var isHosted = library.Length > 0
            && Path.GetFileNameWithoutExtension(program) != Path.GetFileNameWithoutExtension(library);
        var start = new ProcessStartInfo(isHosted && !IsDotnet(program) ? "dotnet" : program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.Path,
        };
        string[] arguments =
        [
            .. isHosted ? [library] : Array.Empty<string>(),
            "recorder", "--listen", folder.Address, "--folder", folder.Path, "--secret-file", folder.SecretFile,
            "--allow-host", "*", "--exit-when-idle", IdleTime, "--detached",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Settings of the server, which may hold secrets, mean nothing to it.
        var names = start.Environment.Keys.Where(
            name => name.Contains("__", StringComparison.Ordinal) || withheld.Contains(name));
        foreach (var name in names.ToArray())
        {
            start.Environment.Remove(name);
        }

        return start;
    }

    private static bool IsDotnet(string program) => Path.GetFileNameWithoutExtension(program) == "dotnet";

    private void Say(string? line)
    {
        if (!string.IsNullOrWhiteSpace(line))
        {
            LogLine(line);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Started a recorder, process {Process}")]
    private partial void LogStarted(int process);

    [LoggerMessage(2, LogLevel.Error, "The recorder could not be started")]
    private partial void LogNotStarted(Exception exception);

    [LoggerMessage(3, LogLevel.Information, "Recorder: {Line}")]
    private partial void LogLine(string line);
}
