using DurableChat.ScaleTest.Measuring;

namespace DurableChat.ScaleTest.Scenarios;

/// <summary>
/// Many owners send messages at a steady rate, each in a chat of its own. In every other round one owner abuses the
/// server beside them: full queues, large client tools, renames and creations without end, as
/// fast as the limits let it. What the others' requests take, with and without it, stands side by side, and what memory
/// it takes.
/// </summary>
internal sealed class AbuseScenario : IScenario
{
    private const int Rounds = 8;
    private static readonly TimeSpan _restPatience = TimeSpan.FromSeconds(60);

    public async Task RunAsync(Load load, CancellationToken cancellationToken)
    {
        using var http = new OwnerClient(load.AnyReplica, load.Time);
        var abuser = new Abuser(http, load.OwnerTokens[^1], load.Options.Creations, load.Time);
        var owners = new OwnerCrowd(http, [.. load.OwnerTokens.Take(load.OwnerTokens.Count - 1)], load);
        load.Phase = "creating chats";
        await owners.CreateAsync(cancellationToken);
        var memoryBefore = load.ServerBytes();
        var (alone, beside, peak) = (new LatencyRecorder(), new LatencyRecorder(), 0L);
        for (var round = 1; round <= Rounds; round++)
        {
            var isAbused = round % 2 == 0;
            load.Phase = $"round {round} of {Rounds}, {(isAbused ? "beside the abuser" : "alone")}";
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var abusing = isAbused ? abuser.RunAsync(ending.Token) : Task.CompletedTask;
            await owners.SendAsync(isAbused ? beside : alone, load.Options.Duration / Rounds, cancellationToken);
            await ending.CancelAsync();
            await abusing;
            peak = Math.Max(peak, load.ServerBytes());
        }

        load.Phase = "last turns";
        await owners.RestAsync(_restPatience, cancellationToken);
        await ReportAsync(load, owners, abuser, alone, beside, memoryBefore, peak, cancellationToken);
    }

    private static async Task ReportAsync(
        Load load,
        OwnerCrowd owners,
        Abuser abuser,
        LatencyRecorder alone,
        LatencyRecorder beside,
        long memoryBefore,
        long peak,
        CancellationToken cancellationToken)
    {
        var reading = await load.ReadServersAsync(cancellationToken);
        var (p99Alone, p99Beside) = (alone.Percentile(99) ?? 0, beside.Percentile(99) ?? 0);
        load.Marks.Add(new Mark("requests of the others", new Dictionary<string, double>
        {
            ["p50_alone_ms"] = alone.Percentile(50) ?? 0,
            ["p50_beside_ms"] = beside.Percentile(50) ?? 0,
            ["p99_alone_ms"] = p99Alone,
            ["p99_beside_ms"] = p99Beside,
            ["p99_ratio"] = p99Alone > 0 ? Math.Round(p99Beside / p99Alone, 2) : 0,
            ["refused"] = owners.Refused,
        }));
        load.Marks.Add(new Mark("the abuser", new Dictionary<string, double>
        {
            ["creations"] = abuser.Created,
            ["messages"] = abuser.Sent,
            ["renames"] = abuser.Renamed,
            ["refused"] = abuser.Refused,
        }));
        load.Marks.Add(new Mark("memory of the servers", new Dictionary<string, double>
        {
            ["before_mb"] = Megabytes(memoryBefore),
            ["peak_mb"] = Megabytes(peak),
            ["growth_mb"] = Megabytes(peak - memoryBefore),
            ["feeds_mb"] = Megabytes(reading.FeedBytes),
            ["budget_mb"] = Megabytes(load.Options.FeedBudget * (double)load.Replicas.Count),
        }));
    }

    private static double Megabytes(double bytes) => Math.Round(bytes / 1048576, 1);
}
