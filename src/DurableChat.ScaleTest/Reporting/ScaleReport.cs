using System.Text.Json;
using DurableChat.ScaleTest.Checking;
using DurableChat.ScaleTest.Faults;
using DurableChat.ScaleTest.Measuring;

namespace DurableChat.ScaleTest.Reporting;

/// <summary>
/// The report of a run, as it is written as JSON. <see cref="FormatVersion"/> rises when a field changes its meaning or
/// goes; new fields may come.
/// </summary>
internal sealed record ScaleReport
{
    /// <summary>The version that this program writes and reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>How the JSON looks: snake_case, indented.</summary>
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public int FormatVersion { get; init; } = CurrentVersion;

    public required DateTimeOffset StartedAt { get; init; }

    public required bool Interrupted { get; init; }

    public required ConfigSection Config { get; init; }

    public required TurnsSection Turns { get; init; }

    public required ReadsSection Reads { get; init; }

    public required StoreSection Store { get; init; }

    public required LatencySection LatencyMs { get; init; }

    public required DeliverySection Delivery { get; init; }

    public required ProcessSection Process { get; init; }

    public required double ElapsedSeconds { get; init; }

    public JsonElement? Mock { get; init; }

    /// <summary>What was done to the cluster.</summary>
    public IReadOnlyList<FaultRecord> Faults { get; init; } = [];

    /// <summary>What a scenario measured at points of its own: <c>idle</c> and <c>long</c> do.</summary>
    public IReadOnlyList<Mark> Marks { get; init; } = [];

    public IReadOnlyList<Violation> Violations { get; init; } = [];

    public IReadOnlyList<string> TimedOutChats { get; init; } = [];

    /// <summary>
    /// Why chats took no further part or could not be checked, or which process ended; the first of them.
    /// </summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    public IReadOnlyList<Sample> Series { get; init; } = [];

    /// <summary>True if every turn was answered and no promise broken.</summary>
    public bool IsClean() => Delivery.Violations == 0
        && Turns.Failed == 0
        && Failures.Count == 0
        && !Interrupted
        && Turns.Completed == Turns.Requested;
}

internal sealed record ConfigSection
{
    public required string Scenario { get; init; }

    public required int Chats { get; init; }

    public required int Turns { get; init; }

    public required int Replicas { get; init; }

    public required int SubscribersPerChat { get; init; }

    public required string Store { get; init; }

    public int? DurableWindow { get; init; }

    public required int MessageBytes { get; init; }

    public required int FollowUpDelayMs { get; init; }

    public required string Transport { get; init; }

    public required int Seed { get; init; }

    public int? FirstTokenMs { get; init; }

    public int? Chunks { get; init; }

    public int? ChunkMs { get; init; }

    public double? Rate { get; init; }

    public int Cores { get; init; } = Environment.ProcessorCount;
}

internal sealed record TurnsSection(long Requested, long Completed, long Failed, double PerSecond);

internal sealed record ReadsSection
{
    public required double StreamMessageReads { get; init; }

    public required double StreamMessageReadsSameReplica { get; init; }

    public required double StreamMessageReadsRemote { get; init; }

    public required double FullRefreshReads { get; init; }

    public required double InitialReads { get; init; }

    public required double RereadsPerTurn { get; init; }

    public required double WindowHits { get; init; }

    public required double WindowMisses { get; init; }

    public required double InlineHits { get; init; }
}

internal sealed record StoreSection
{
    public required double StatementsTotal { get; init; }

    public required double StatementsPerTurn { get; init; }

    /// <summary>Statements that store parts of answers in flight. Not part of the other counts.</summary>
    public double CheckpointStatements { get; init; }

    public required double CommitsTotal { get; init; }

    public required double CommitsPerTurn { get; init; }

    public double? PoolMax { get; init; }

    public double? PoolPeakInUse { get; init; }

    public double? PoolWaitMsP99 { get; init; }
}

internal sealed record LatencySection
{
    public double? FirstPartP50 { get; init; }

    public double? FirstPartP99 { get; init; }

    public double? CommitToDeliveryP50 { get; init; }

    public double? CommitToDeliveryP99 { get; init; }

    public double? MessageP50 { get; init; }

    public double? MessageP99 { get; init; }

    public double? TurnP50 { get; init; }

    public double? TurnP99 { get; init; }

    public double? ResumeP50 { get; init; }

    public double? ResumeP99 { get; init; }
}

internal sealed record DeliverySection
{
    public required long Events { get; init; }

    public required long Gaps { get; init; }

    public required long Duplicates { get; init; }

    public required long OutOfOrder { get; init; }

    public required long LostAfterQuiesce { get; init; }

    /// <summary>All violations, those above among them.</summary>
    public required long Violations { get; init; }

    public required IReadOnlyDictionary<string, long> ViolationsByKind { get; init; }

    public required long Reconnects { get; init; }

    public required long StreamsFailed { get; init; }

    public required long StreamsEnded { get; init; }
}

internal sealed record ProcessSection
{
    public required double CpuSeconds { get; init; }

    public required double RssPeakMb { get; init; }

    public double? MockCpuSeconds { get; init; }

    public double? DatabaseCpuSeconds { get; init; }

    public required double TestCpuSeconds { get; init; }
}
