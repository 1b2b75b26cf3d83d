using System.Globalization;
using System.Runtime.InteropServices;

namespace DurableChat.Bench.Reporting;

/// <summary>Says where and when something was measured.</summary>
internal static class Machine
{
    /// <summary>One sentence.</summary>
    public static string Describe(TimeProvider time) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} cores ({Processor()}), {RuntimeInformation.OSDescription.Split(" #")[0]}, .NET "
            + $"{Environment.Version}, {time.GetUtcNow():yyyy-MM-dd}");

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(
            "model name",
            StringComparison.Ordinal))?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
}
