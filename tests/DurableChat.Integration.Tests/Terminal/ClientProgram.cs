using System.Diagnostics;
using System.Text;

namespace DurableChat.Integration.Tests.Terminal;

/// <summary>The program, started as a client: with pipes, or in a terminal.</summary>
internal sealed class ClientProgram : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Task _reading;
    private readonly Task<string> _errors;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ClientProgram(string program, string url, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DURABLECHAT_URL"] = url;
        start.Environment["TERM"] = "xterm";
        start.Environment["NO_COLOR"] = "1";
        _process = Process.Start(start)!;
        _reading = ReadAsync();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    private static string Dll => Path.Combine(AppContext.BaseDirectory, "DurableChat.Server.dll");

    /// <summary>Starts it with pipes.</summary>
    public static ClientProgram Start(string url, params string[] arguments) => new("dotnet", url, [Dll, .. arguments]);

    /// <summary>Starts it in a terminal, whose keyboard is <see cref="TypeAsync"/>. A shell that waited for it would take Ctrl-C for itself too, and give its own exit code.</summary>
    public static ClientProgram StartInTerminal(string url, params string[] arguments) =>
        new("script", url, ["-qec", "exec " + string.Join(' ', new[] { "dotnet", Dll }.Concat(arguments).Select(argument => $"'{argument}'")), "/dev/null"]);

    public static async Task<(int Code, string Output, string Errors)> RunAsync(string url, string input, params string[] arguments)
    {
        using var program = Start(url, arguments);
        await program.TypeAsync(input);
        program._process.StandardInput.Close();
        return await program.WaitAsync();
    }

    public async Task TypeAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Waits until something stands in the output behind a place, and gives the place behind it.</summary>
    public async Task<int> SeeAsync(string expected, int from = 0)
    {
        while (true)
        {
            Task more;
            lock (_output)
            {
                if (_output.ToString().IndexOf(expected, from, StringComparison.Ordinal) is >= 0 and var at)
                {
                    return at + expected.Length;
                }

                more = _more.Task;
            }

            await Task.WhenAny(more, _reading).WaitAsync(TimeSpan.FromSeconds(60));
            if (_reading.IsCompleted && !Output.Contains(expected, StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"It ended without '{expected}':\n{Output}");
            }
        }
    }

    /// <summary>Presses Ctrl-C where there is no terminal.</summary>
    public async Task InterruptAsync()
    {
        using var kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public async Task<(int Code, string Output, string Errors)> WaitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await _reading;
        return (_process.ExitCode, Output, await _errors);
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new char[4096];
        while (await _process.StandardOutput.ReadAsync(buffer) is > 0 and var count)
        {
            TaskCompletionSource more;
            lock (_output)
            {
                _output.Append(buffer, 0, count);
                more = _more;
                _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            more.SetResult();
        }
    }
}
