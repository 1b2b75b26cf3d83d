using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DurableChat.Tests.Support;

/// <summary>
/// Gives the programs that tests start the default reaction to SIGHUP, SIGINT and SIGQUIT, also under <c>nohup</c> and
/// in the background of a script.
/// There the tests themselves ignore these signals, and a program ignores what its parent ignores; but it does not
/// inherit what its parent handles. So this process handles them, and does nothing.
/// </summary>
internal static class InheritedSignals
{
    private const string Status = "/proc/self/status";
    private const string Ignored = "SigIgn:";
    private static readonly List<PosixSignalRegistration> _handled = [];

#pragma warning disable CA2255 // It has to come before the runtime first looks at SIGINT, and this is a program.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Handle()
    {
        if (!File.Exists(Status))
        {
            return;
        }

        var ignored = ulong.Parse(
            File.ReadLines(Status).First(line => line.StartsWith(Ignored, StringComparison.Ordinal))[Ignored.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        foreach (var (number, signal) in new[] { (1, PosixSignal.SIGHUP), (2, PosixSignal.SIGINT), (3, PosixSignal.SIGQUIT) })
        {
            if ((ignored & (1UL << (number - 1))) != 0)
            {
                // The runtime installs no handler for a signal that is ignored.
                _ = SetHandler(number, 0);
                _handled.Add(PosixSignalRegistration.Create(signal, context => context.Cancel = true));
            }
        }
    }

    [DllImport("libc", EntryPoint = "signal")]
    private static extern nint SetHandler(int signal, nint handler);
}
