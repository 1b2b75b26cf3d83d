using System.Diagnostics;

namespace DurableChat.ScaleTest.Tests.Runs;

/// <summary>The program as a person starts it.</summary>
internal static class DurableChatProgram
{
    public static Process Start(params IReadOnlyList<string> arguments) => StartProgram("DurableChat.Server.dll", arguments);

    public static Task<(int Code, string Output)> RunAsync(params IReadOnlyList<string> arguments) => ReadAsync(Start(arguments));

    /// <summary>Runs another program that lies beside this one.</summary>
    public static Task<(int Code, string Output)> RunProgramAsync(string program, params IReadOnlyList<string> arguments) => ReadAsync(StartProgram(program, arguments));

    private static Process StartProgram(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static async Task<(int Code, string Output)> ReadAsync(Process started)
    {
        using var process = started;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
