using System.Diagnostics;

namespace DurableChat.ScaleTest.Measuring;

/// <summary>What processes have used, as the operating system counts it.</summary>
/// <param name="CpuSeconds">CPU time of all of them.</param>
/// <param name="Bytes">Resident memory of all of them now.</param>
/// <param name="PeakBytes">The most each has had, added up.</param>
internal readonly record struct ProcessUsage(double CpuSeconds, long Bytes, long PeakBytes)
{
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
            catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                // It has ended meanwhile.
            }
        }

        return sum;
    }
}
