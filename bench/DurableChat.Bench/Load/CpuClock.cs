using System.Globalization;

namespace DurableChat.Bench.Load;

/// <summary>What processes have used, as Linux counts it.</summary>
internal static class CpuClock
{
    private const double TicksPerSecond = 100;

    /// <summary>User and system time, in seconds.</summary>
    public static double Seconds(IEnumerable<int> processes) => processes.Sum(Seconds);

    /// <summary>Resident memory, in bytes.</summary>
    public static long Bytes(IEnumerable<int> processes) => processes.Sum(process =>
        File.ReadLines($"/proc/{process}/status")
            .Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.AsSpan(6).Trim(" \tkB"), CultureInfo.InvariantCulture) * 1024));

    private static double Seconds(int process)
    {
        // The name in brackets may hold blanks; what follows does not.
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture)
            + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}
