using System.Globalization;

namespace DurableChat.Lab.Quiet;

/// <summary>How busy this machine is with all its processes.</summary>
internal static class MachineBusy
{
    /// <summary>Processor time since the start, idle and in all; null where there is no <c>/proc</c>.</summary>
    public static (double Idle, double All)? Read()
    {
        const string Path = "/proc/stat";
        if (!File.Exists(Path))
        {
            return null;
        }

        // user, nice, system, idle, iowait, irq, softirq, steal
        var times = File.ReadLines(Path)
            .First()
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1)
            .Take(8)
            .Select(time => double.Parse(time, CultureInfo.InvariantCulture))
            .ToArray();
        return (times[3] + times[4], times.Sum());
    }

    /// <summary>The share in use between two readings.</summary>
    public static double? Share((double Idle, double All)? before, (double Idle, double All)? after) =>
        before is { } from && after is { } to && to.All > from.All
            ? 1 - ((to.Idle - from.Idle) / (to.All - from.All))
            : null;
}
