using System.Text.Json;
using System.Text.Json.Serialization;
using DurableChat.ScaleTest.Checking;

namespace DurableChat.Lab.Chaos;

/// <summary>What came of all seeds, as it is written to a file.</summary>
internal sealed record ChaosReport(
    int FormatVersion,
    ChaosMode Mode,
    ChaosOptions Options,
    IReadOnlyList<FaultTotal> Faults,
    IReadOnlyList<ChaosResult> Seeds,
    DriverFigures Driving,
    UsageFigures Usage)
{
    /// <summary>How the file is written.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Puts the seeds together.</summary>
    public static ChaosReport Of(ChaosMode mode, ChaosOptions options, IReadOnlyList<ChaosResult> seeds) => new(
        1,
        mode,
        options,
        [
            .. seeds.SelectMany(seed => seed.Faults.Select(fault => (Seed: seed, Fault: fault)))
                .GroupBy(entry => entry.Fault.Kind)
                .OrderBy(kind => kind.Key ?? (ChaosFault)int.MaxValue)
                .Select(kind => new FaultTotal(
                    kind.Key,
                    kind.Sum(entry => entry.Fault.Injected),
                    kind.Sum(entry => entry.Fault.Acknowledged),
                    kind.Sum(entry => entry.Seed.Violations.Count(
                        violation => violation.Kind == ViolationKind.Lost && violation.Subscriber.Length == 0)),
                    kind.Sum(entry => entry.Seed.Violations.Count(violation => violation.Subscriber.Length > 0)),
                    kind.Max(entry => entry.Fault.LongestWaitSeconds))),
        ],
        seeds,
        DriverFigures.Sum(seeds.Select(seed => seed.Driving)),
        UsageFigures.Sum(seeds.Select(seed => seed.Usage)));
}

/// <summary>One kind of fault over all seeds.</summary>
/// <param name="Kind">The kind; null for all the time in which there was none.</param>
/// <param name="Injected">How often.</param>
/// <param name="Acknowledged">Commands acknowledged while it, or its consequences, lasted.</param>
/// <param name="Lost">Acknowledged messages that were lost in the seeds that had it.</param>
/// <param name="StreamViolations">Violations in streams in the seeds that had it.</param>
/// <param name="LongestWaitSeconds">The longest that a client waited for one of those acknowledgements.</param>
internal sealed record FaultTotal(
    ChaosFault? Kind,
    int Injected,
    int Acknowledged,
    int Lost,
    int StreamViolations,
    double LongestWaitSeconds);
