using System.Text.Json;
using DurableChat.ScaleTest.Checking;
using DurableChat.ScaleTest.Measuring;
using DurableChat.ScaleTest.Running;
using DurableChat.ScaleTest.Scenarios;

namespace DurableChat.ScaleTest.Reporting;

/// <summary>Makes the report of what was measured.</summary>
internal static class ReportBuilder
{
    private const int MaxFailures = 20;

    public static ScaleReport Build(
        Load load,
        BedOptions bed,
        Sampler sampler,
        double? mockCpuSeconds,
        double? databaseCpuSeconds,
        JsonElement? mock,
        DateTimeOffset startedAt,
        bool isInterrupted)
    {
        var elapsed = sampler.Samples[^1].Seconds;
        return new ScaleReport
        {
            StartedAt = startedAt,
            Interrupted = isInterrupted,
            Config = Config(load.Options, bed),
            Turns = new TurnsSection(
                load.Counters.Requested,
                load.Counters.Completed,
                load.Counters.Failed,
                elapsed > 0 ? Math.Round(load.Counters.Completed / elapsed, 1) : 0),
            Reads = Reads(sampler.First, sampler.Last, load.Counters.Completed),
            Store = Store(sampler, load.Counters.Completed),
            LatencyMs = Latency(load, load.Steady ?? sampler.First, sampler.Last, bed.Urls.Count == 0),
            Delivery = Delivery(load),
            Process = new ProcessSection
            {
                CpuSeconds = Math.Round(sampler.CpuSeconds, 2),
                RssPeakMb = Math.Round(sampler.PeakMb, 1),
                MockCpuSeconds = mockCpuSeconds is { } cpu ? Math.Round(cpu, 2) : null,
                DatabaseCpuSeconds = databaseCpuSeconds is { } database ? Math.Round(database, 2) : null,
                TestCpuSeconds = Math.Round(ProcessUsage.Of([Environment.ProcessId]).CpuSeconds, 2),
            },
            ElapsedSeconds = elapsed,
            Mock = mock,
            Marks = load.Marks,
            Violations = load.Violations.First,
            Failures = [.. load.Counters.Failures.Take(MaxFailures)],
            TimedOutChats = [.. load.Counters.TimedOut],
            Series = sampler.Samples,
        };
    }

    private static ConfigSection Config(LoadOptions load, BedOptions bed)
    {
        var isOwn = bed.Urls.Count == 0;
        return new ConfigSection
        {
            Scenario = load.Scenario,
            Chats = load.Chats,
            Turns = load.Turns,
            Replicas = isOwn ? bed.Replicas : bed.Urls.Count,
            SubscribersPerChat = load.Subscribers,
            Store = !isOwn ? "as configured" : bed.Redis is null ? bed.StoreKind : $"{bed.StoreKind}, redis",
            DurableWindow = bed.DurableWindow ?? (isOwn ? 256 : null),
            MessageBytes = load.MessageBytes,
            FollowUpDelayMs = (int)load.FollowUpDelay.TotalMilliseconds,
            Transport = load.Transport == Wire.Transport.Sse ? "sse" : "websocket",
            Seed = load.Seed,
            FirstTokenMs = isOwn ? bed.FirstTokenMs : null,
            Chunks = isOwn ? bed.Chunks : null,
            ChunkMs = isOwn ? bed.ChunkMs : null,
            Rate = load.Scenario == "soak" ? load.Rate : null,
        };
    }

    private static ReadsSection Reads(ServerReading first, ServerReading last, long turns)
    {
        var same = last.CatchUpReads - first.CatchUpReads;
        var remote = last.RemoteReads - first.RemoteReads;
        var refreshes = last.FullRefreshReads - first.FullRefreshReads;
        return new ReadsSection
        {
            StreamMessageReads = same + remote,
            StreamMessageReadsSameReplica = same,
            StreamMessageReadsRemote = remote,
            FullRefreshReads = refreshes,
            InitialReads = last.InitialReads - first.InitialReads,
            RereadsPerTurn = PerTurn(same + remote + refreshes, turns),
            WindowHits = last.WindowHits - first.WindowHits,
            WindowMisses = last.WindowMisses - first.WindowMisses,
            InlineHits = last.InlineHits - first.InlineHits,
        };
    }

    private static StoreSection Store(Sampler sampler, long turns)
    {
        var (first, last) = (sampler.First, sampler.Last);
        var hasPool = last.Text.Has("durablechat_store_pool_max");
        return new StoreSection
        {
            StatementsTotal = last.Statements - first.Statements,
            StatementsPerTurn = PerTurn(last.Statements - first.Statements, turns),
            CheckpointStatements = last.CheckpointStatements - first.CheckpointStatements,
            CommitsTotal = last.Commits - first.Commits,
            CommitsPerTurn = PerTurn(last.Commits - first.Commits, turns),
            PoolMax = hasPool ? last.PoolMax : null,
            PoolPeakInUse = hasPool ? sampler.PoolPeak : null,
            PoolWaitMsP99 = hasPool
                ? Milliseconds(HistogramPercentile.Between(first.PoolWait, last.PoolWait, 99))
                : null,
        };
    }

    private static LatencySection Latency(Load load, ServerReading first, ServerReading last, bool isOneClock) => new()
    {
        FirstPartP50 = load.Latencies.FirstPart.Percentile(50),
        FirstPartP99 = load.Latencies.FirstPart.Percentile(99),
        CommitToDeliveryP50 = Milliseconds(
            HistogramPercentile.Between(first.CommitToDelivery, last.CommitToDelivery, 50)),
        CommitToDeliveryP99 = Milliseconds(
            HistogramPercentile.Between(first.CommitToDelivery, last.CommitToDelivery, 99)),
        MessageP50 = isOneClock ? load.Latencies.Message.Percentile(50) : null,
        MessageP99 = isOneClock ? load.Latencies.Message.Percentile(99) : null,
        TurnP50 = load.Latencies.Turn.Percentile(50),
        TurnP99 = load.Latencies.Turn.Percentile(99),
        ResumeP50 = load.Latencies.Resume.Percentile(50),
        ResumeP99 = load.Latencies.Resume.Percentile(99),
    };

    private static DeliverySection Delivery(Load load) => new()
    {
        Events = load.Counters.Events,
        Gaps = load.Violations.Count(ViolationKind.Gap) + load.Violations.Count(ViolationKind.PartGap),
        Duplicates = load.Violations.Count(ViolationKind.Duplicate)
            + load.Violations.Count(ViolationKind.PartDuplicate),
        OutOfOrder = load.Violations.Count(ViolationKind.OutOfOrder)
            + load.Violations.Count(ViolationKind.StalePart)
            + load.Violations.Count(ViolationKind.StaleStatus),
        LostAfterQuiesce = load.Violations.Count(ViolationKind.Lost),
        Violations = load.Violations.Total,
        ViolationsByKind = Enum.GetValues<ViolationKind>()
            .Where(kind => load.Violations.Count(kind) > 0)
            .ToDictionary(kind => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()), load.Violations.Count),
        Reconnects = load.Counters.Cuts,
        StreamsFailed = load.Counters.StreamsFailed,
        StreamsEnded = load.Counters.StreamsEnded,
    };

    private static double PerTurn(double count, long turns) => turns == 0 ? 0 : Math.Round(count / turns, 4);

    private static double? Milliseconds(double? seconds) => seconds is { } known ? Math.Round(known * 1000, 2) : null;
}
