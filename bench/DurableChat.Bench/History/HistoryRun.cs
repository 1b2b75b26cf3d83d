using System.Globalization;
using DurableChat.Bench.Load;
using DurableChat.Bench.Reporting;
using DurableChat.Bench.Running;
using DurableChat.Bench.Targets;
using DurableChat.ScaleTest.Measuring;
using DurableChat.ScaleTest.Running;
using DurableChat.ScaleTest.Scenarios;
using DurableChat.ScaleTest.Wire;
using Transport = DurableChat.ScaleTest.Wire.Transport;

namespace DurableChat.Bench.History;

/// <summary>Measures turns, one after the other, in chats with short and with very long histories.</summary>
internal static class HistoryRun
{
    private const int RunUpTurns = 10;

    public static async Task<PartReport> RunAsync(bool isQuick, CancellationToken cancellationToken)
    {
        int[] lengths = isQuick ? [10, 1000] : [10, 1000, 100_000];
        var turns = isQuick ? 10 : 200;
        await using var bed = await TestBed.StartAsync(
            new BedOptions { Store = "postgres", FirstTokenMs = 0, ChunkMs = 0 }, new LoadOptions(), cancellationToken);
        await using var seeder = new ChatSeeder(bed.Database!.ConnectionString);
        using var api = new ChatApi(null, TimeProvider.System);
        for (var i = 0; i < lengths.Length; i++)
        {
            await seeder.CreateAsync(i, lengths[i], cancellationToken);
        }

        // Once through all, so that no length pays for what is compiled on the way.
        for (var i = 0; i < lengths.Length; i++)
        {
            await MeasureAsync(bed, api, i, lengths[i], RunUpTurns, cancellationToken);
        }

        var figures = new Dictionary<string, double>(StringComparer.Ordinal);
        List<string> lines = [
            "| messages before | turn p50, ms | statements per turn | reads of messages per turn | CPU of the server "
                + "per turn, ms | of PostgreSQL, ms |",
            "| ---: | ---: | ---: | ---: | ---: | ---: |",
        ];
        for (var i = 0; i < lengths.Length; i++)
        {
            var cost = await MeasureAsync(bed, api, i, lengths[i] + (2 * RunUpTurns), turns, cancellationToken);
            lines.Add(
                $"| {lengths[i].ToString("N0", CultureInfo.InvariantCulture)} | {Fixed.Text(cost.MedianMs)} | "
                    + $"{Fixed.Text(cost.Statements)} | {Fixed.Text(cost.Reads)} | {Fixed.Text(cost.ServerMs)} | "
                    + $"{Fixed.Text(cost.DatabaseMs)} |");
            figures[$"history.{lengths[i]}.statements"] = cost.Statements;
            figures[$"history.{lengths[i]}.ms"] = cost.MedianMs;
        }

        return new PartReport("history", "bench/run history", lines, figures);
    }

    private static async Task<TurnCost> MeasureAsync(
        TestBed bed,
        ChatApi api,
        int number,
        int length,
        int turns,
        CancellationToken cancellationToken)
    {
        var chat = OursTarget.IdOf(number).Value;
        var replica = bed.Replicas[0];
        await using var stream = await api.OpenAsync(replica, chat, Transport.Sse, null, length, cancellationToken);
        await using var events = stream.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await WaitForAsync(events, found => found.Type == WireEventType.Status);
        var times = new List<double>();
        var before = await ReadAsync();
        for (var turn = 1; turn <= turns; turn++)
        {
            var started = TimeProvider.System.GetTimestamp();
            await api.SendAsync(() => replica, chat, $"question {turn}", cancellationToken);
            await WaitForAsync(
                events, found => found.Type == WireEventType.Message && found.Message!.Id == length + (2 * turn));
            times.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
        }

        var after = await ReadAsync();
        times.Sort();
        return new TurnCost(
            times[turns / 2],
            (after.Reading.Statements - before.Reading.Statements) / turns,
            (Reads(after.Reading) - Reads(before.Reading)) / turns,
            (after.Server - before.Server) * 1000 / turns,
            (after.Database - before.Database) * 1000 / turns);

        async Task<(ServerReading Reading, double Server, double Database)> ReadAsync() => (
            new ServerReading { Text = PrometheusText.Read([await api.MetricsAsync(replica, cancellationToken)]) },
            CpuClock.Seconds(bed.ServerIds),
            ProcessUsage.TreeCpuSeconds(bed.DatabaseId!.Value));
    }

    private static double Reads(ServerReading reading) => reading.Text.Sum("durablechat_message_reads_total");

    private static async Task WaitForAsync(IAsyncEnumerator<WireEvent> events, Func<WireEvent, bool> isIt)
    {
        do
        {
            if (!await events.MoveNextAsync())
            {
                throw new IOException("A stream has ended.");
            }
        }
        while (!isIt(events.Current));
    }
}
