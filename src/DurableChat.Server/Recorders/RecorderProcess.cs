using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;

namespace DurableChat.Server.Recorders;

/// <summary>
/// Starts a recorder next to the server. The recorder outlives the server, however the server ends, and ends when no
/// server has made a request for a while. One thread at a time.
/// </summary>
/// <param name="folder">The recorder's folder.</param>
/// <param name="withheld">Environment variables that it must not get, because they contain keys.</param>
/// <param name="logger">Logs its output while this server lives.</param>
internal sealed partial class RecorderProcess(
    RecorderFolder folder, IReadOnlyCollection<string> withheld, ILogger<RecorderProcess> logger) : IDisposable
{
    private const string IdleTime = "00:01:00";
    private Process? _process;

    /// <summary>True if the last started recorder is running.</summary>
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

    /// <summary>Starts a recorder.</summary>
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

    /// <summary>Releases the recorder, which continues to run.</summary>
    public void Dispose() => _process?.Dispose();

    private ProcessStartInfo StartInfo()
    {
        // The server is either a single file, or a library that a host runs.
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

        // The server's settings may contain secrets, and have no meaning for the recorder.
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
