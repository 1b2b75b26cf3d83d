using System.Diagnostics;
using System.Globalization;

namespace DurableChat.Bench.Running;

/// <summary>
/// A process that a measurement starts and ends: it ends with its input, and is killed if it does not.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public StreamReader Output => _process.StandardOutput;

    public StreamWriter Input => _process.StandardInput;

    /// <summary>Starts this program once more with other arguments.</summary>
    public static ChildProcess StartSelf(
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null) =>
        Start(Environment.ProcessPath!, [typeof(ChildProcess).Assembly.Location, .. arguments], environment);

    /// <summary>Starts a program.</summary>
    public static ChildProcess Start(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var key in start.Environment.Keys.Where(
            key => key.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(key);
        }

        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        return new ChildProcess(Process.Start(start)!);
    }

    /// <summary>Reads the line <c>ready PORT CONTROL</c> that a server under test prints.</summary>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public async Task<(int Port, int Control)> WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        while (await Output.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Split(' ') is ["ready", var port, var control])
            {
                return (
                    int.Parse(port, CultureInfo.InvariantCulture), int.Parse(control, CultureInfo.InvariantCulture));
            }
        }

        throw new InvalidOperationException("A server under test ended before it was ready.");
    }

    public void Dispose()
    {
        const int PatienceMilliseconds = 500;
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(PatienceMilliseconds))
            {
                _process.Kill();
                _process.WaitForExit();
            }
        }

        _process.Dispose();
    }
}
