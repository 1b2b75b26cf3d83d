using System.Globalization;
using System.Text.Json;
using DurableChat.Bench.Load;
using DurableChat.Bench.Reporting;
using DurableChat.Bench.Running;
using DurableChat.ScaleTest.Running;

namespace DurableChat.Bench.Storm;

/// <summary>Thousands are cut in mid-answer and resume at once, two messages and ten parts later.</summary>
internal static class StormRun
{
    public static async Task<PartReport> RunAsync(bool isQuick, CancellationToken cancellationToken)
    {
        var (subscribers, chats, rounds) = isQuick ? (500, 100, 1) : (5000, 1000, 3);
        var found = StormCase.All.ToDictionary(one => one.Name, _ => new List<StormResult>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var one in StormCase.All)
            {
                found[one.Name].Add(await RunAsync(one, subscribers, chats, cancellationToken));
                Console.Error.WriteLine($"{one.Title}: {found[one.Name][^1]}");
            }
        }

        return Describe(found, subscribers, chats);
    }

    private static async Task<StormResult> RunAsync(
        StormCase one,
        int subscribers,
        int chats,
        CancellationToken cancellationToken)
    {
        await using var postgres = one.IsOurs
            ? await PostgresProcess.StartAsync(isDurable: true, cancellationToken)
            : null;
        using var redis = one.Target.NeedsRedis ? RedisProcess.Start() : null;
        using var server = TargetRun.Start(
            one.Target, chats, redis?.Port ?? 0, postgres?.ConnectionString, one.DurableWindow);
        var (port, control) = await server.WaitUntilReadyAsync(cancellationToken);
        using var load = ChildProcess.StartSelf(["load"]);
        var plan = new LoadPlan
        {
            Port = port,
            ControlPort = control,
            Transport = one.Target.Transport,
            Path = one.Target.Path,
            Ready = one.Target.Ready,
            Subscribers = subscribers,
            Chats = chats,
            Window = 1,
            Phases = [],
            Servers = [server.Id],
            Sides = [],
            IsStorm = true,
            TracksPosition = one.IsOurs,
            HasMetrics = one.IsOurs,
        };
        await load.Input.WriteAsync(JsonSerializer.Serialize(plan));
        load.Input.Close();
        return await load.Output.ReadLineAsync(cancellationToken) is { } line
            ? JsonSerializer.Deserialize<StormResult>(line)!
            : throw new InvalidOperationException($"The storm on {one.Title} failed.");
    }

    private static PartReport Describe(Dictionary<string, List<StormResult>> found, int subscribers, int chats)
    {
        var figures = new Dictionary<string, double>(StringComparer.Ordinal);
        List<string> lines =
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"{subscribers:N0} subscribers of {chats:N0} chats, medians of {found.First().Value.Count}:"),
            "",
            "| | message reads | all at the head after, ms | of one subscriber: p50 ms | p99 ms | server CPU s | "
                + "reached the head |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        ];
        foreach (var one in StormCase.All)
        {
            var results = found[one.Name];
            var (reads, seconds, p50, p99, cpu) = (
                Median(results, r => r.Reads),
                Median(results, r => r.Seconds),
                Median(results, r => r.P50Ms),
                Median(results, r => r.P99Ms),
                Median(results, r => r.ServerCpuSeconds));
            lines.Add(
                $"| {one.Title} | {(one.IsOurs ? Fixed.Text(reads) : "–")} | {Fixed.Text(seconds * 1000)} | "
                    + $"{Fixed.Text(p50)} | {Fixed.Text(p99)} | {Fixed.Text(cpu)} | {results.Min(r => r.AtHead):N0} |");
            figures[$"storm.{one.Name}.reads"] = reads;
            figures[$"storm.{one.Name}.seconds"] = seconds;
        }

        return new PartReport("storm", "bench/run storm", lines, figures);
    }

    private static double Median(List<StormResult> results, Func<StormResult, double> figure) =>
        results.Select(figure).Order().ElementAt(results.Count / 2);
}
