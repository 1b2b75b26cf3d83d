using System.Diagnostics;

namespace DurableChat.Integration.Tests.Processes;

/// <summary>The program as an operator starts it, run to its end.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">What it printed.</param>
/// <param name="Error">What it complained of.</param>
internal sealed record ProgramRun(int Code, string Output, string Error)
{
    /// <param name="environment">Settings in the form <c>Name=value</c>.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="folder">Where it is started; null for wherever the tests are.</param>
    public static async Task<ProgramRun> RunAsync(IReadOnlyList<string> environment, IReadOnlyList<string> arguments, string? folder = null)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "DurableChat.Server.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? string.Empty,
        };
        foreach (var setting in environment)
        {
            start.Environment[setting.Split('=', 2)[0]] = setting.Split('=', 2)[1];
        }

        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
            return new ProgramRun(process.ExitCode, await output, await error);
        }
        finally
        {
            process.Kill();
        }
    }
}
