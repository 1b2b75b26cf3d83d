using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace DurableChat.Integration.Tests.Processes;

/// <summary>Tests of signals need programs that react to them, wherever the tests themselves run.</summary>
public sealed class InheritedSignalsTests
{
    [Fact]
    public async Task A_program_that_a_test_starts_ignores_none_of_the_signals_that_nohup_and_background_jobs_ignore()
    {
        Assert.SkipUnless(File.Exists("/proc/self/status"), "Linux alone shows which signals a process ignores.");
        using var program = Process.Start(new ProcessStartInfo("grep", ["SigIgn:", "/proc/self/status"]) { RedirectStandardOutput = true })!;
        var ignored = ulong.Parse((await program.StandardOutput.ReadToEndAsync()).Split('\t')[1].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        const ulong HangUpInterruptQuit = 0b111;
        Assert.Equal(0UL, ignored & HangUpInterruptQuit);
    }
}
