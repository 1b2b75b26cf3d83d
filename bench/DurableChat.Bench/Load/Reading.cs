using System.Diagnostics;

namespace DurableChat.Bench.Load;

/// <summary>All counters at one moment.</summary>
internal readonly record struct Reading(
    long At,
    long Published,
    long Received,
    double ServerCpu,
    double SideCpu,
    double LoadCpu)
{
    public static Reading Take(LoadPlan plan, long published, long received) => new(
        Stopwatch.GetTimestamp(),
        published,
        received,
        CpuClock.Seconds(plan.Servers),
        CpuClock.Seconds(plan.Sides),
        CpuClock.Seconds([Environment.ProcessId]));
}
