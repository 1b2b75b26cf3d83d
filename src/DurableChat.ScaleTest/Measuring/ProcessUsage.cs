using System.Diagnostics;

namespace DurableChat.ScaleTest.Measuring;

/// <summary>What processes have used, as the operating system counts it.</summary>
/// <param name="CpuSeconds">CPU time of all of them.</param>
/// <param name="Bytes">Resident memory of all of them now.</param>
/// <param name="PeakBytes">The most each has had, added up.</param>
internal readonly record struct ProcessUsage(double CpuSeconds, long Bytes, long PeakBytes)
{
    /// <summary>
    /// CPU seconds of a process and of those that it started and that have ended or still run, as far as the system
    /// tells: 0 where there is no <c>/proc</c>.
    /// </summary>
    public static double TreeCpuSeconds(int processId)
    {
        const double TicksPerSecond = 100;
        double sum = 0;
        foreach (var folder in Directory.Exists("/proc") ? Directory.EnumerateDirectories("/proc") : [])
        {
            try
            {
                if (!int.TryParse(Path.GetFileName(folder), out var id))
                {
                    continue;
                }

                // The name in brackets may hold blanks; what follows does not.
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                if (id == processId)
                {
                    // Its own time, and that of children that have ended.
                    sum += fields.Skip(11).Take(4).Sum(double.Parse);
                }
                else if (int.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture) == processId)
                {
                    sum += fields.Skip(11).Take(2).Sum(double.Parse);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }
        }

        return sum / TicksPerSecond;
    }

    /// <summary>Reads it; a process that has ended counts nothing.</summary>
    public static ProcessUsage Of(IEnumerable<int> processIds)
    {
        var sum = default(ProcessUsage);
        foreach (var id in processIds)
        {
            try
            {
                using var process = Process.GetProcessById(id);
                sum = new ProcessUsage(
                    sum.CpuSeconds + process.TotalProcessorTime.TotalSeconds,
                    sum.Bytes + process.WorkingSet64,
                    sum.PeakBytes + process.PeakWorkingSet64);
            }
            catch (Exception exception) when (exception is ArgumentException or InvalidOperationException
                or System.ComponentModel.Win32Exception)
            {
                // It has ended meanwhile.
            }
        }

        return sum;
    }
}
