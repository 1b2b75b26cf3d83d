namespace DurableChat.Bench.Goals;

/// <summary>The goals, as ratios within one run on one machine wherever that is possible.</summary>
internal static class GoalList
{
    private const string Thousand = "fanout.1x1000.Message";

    public static IReadOnlyList<Goal> All { get; } =
    [
        new(
            "1,000 subscribers, saturated: deliveries/s over WebSocket, of the bare socket server's",
            0.85,
            true,
            f => f[$"{Thousand}.Saturated.ours-ws.per_second"] / f[$"{Thousand}.Saturated.bare-ws.per_second"]),
        new(
            "the same over SSE",
            0.75,
            true,
            f => f[$"{Thousand}.Saturated.ours-sse.per_second"] / f[$"{Thousand}.Saturated.bare-sse.per_second"]),
        new(
            "one event at a time: deliveries/s over WebSocket, of the bare socket server's",
            0.85,
            true,
            f => f[$"{Thousand}.OneByOne.ours-ws.per_second"] / f[$"{Thousand}.OneByOne.bare-ws.per_second"]),
        new(
            "the same over SSE",
            0.75,
            true,
            f => f[$"{Thousand}.OneByOne.ours-sse.per_second"] / f[$"{Thousand}.OneByOne.bare-sse.per_second"]),
        new(
            "CPU per delivery over WebSocket, of SignalR's",
            0.5,
            false,
            f =>
                f[$"{Thousand}.Saturated.ours-ws.micros_per_delivery"] / f[$"{Thousand}.Saturated.signalr.micros_per_delivery"]),
        new(
            "CPU per delivery over SSE, of SignalR's",
            0.5,
            false,
            f =>
                f[$"{Thousand}.Saturated.ours-sse.micros_per_delivery"] / f[$"{Thousand}.Saturated.signalr.micros_per_delivery"]),
        new(
            "deliveries per CPU second over SSE, times resumable-stream's",
            5,
            true,
            f =>
                f[$"{Thousand}.Saturated.resumable-stream.micros_per_delivery"] / f[$"{Thousand}.Saturated.ours-sse.micros_per_delivery"]),
        new(
            "one SSE subscriber: CPU per message at 2,000/s, times the saturated",
            3,
            false,
            f =>
                f["fanout.1x1.Message.Paced.ours-sse.micros_per_event"] / f["fanout.1x1.Message.Saturated.ours-sse.micros_per_event"]),
        new(
            "one WebSocket subscriber: the same",
            3,
            false,
            f =>
                f["fanout.1x1.Message.Paced.ours-ws.micros_per_event"] / f["fanout.1x1.Message.Saturated.ours-ws.micros_per_event"]),
        new("catch-up of 50 messages, window, times PostgreSQL's in operations/s", 1000, true, f =>
            f["micro.DatabaseBenchmarks.CatchUp(Events=50).ns"] / f["micro.WindowBenchmarks.CatchUp(Events=50).ns"]),
        new(
            "catch-up of 1 message: the same",
            1000,
            true,
            f => f["micro.DatabaseBenchmarks.CatchUp(Events=1).ns"] / f["micro.WindowBenchmarks.CatchUp(Events=1).ns"]),
        new(
            "bytes allocated per event read from the window",
            0,
            false,
            f => f["micro.WindowBenchmarks.CatchUp(Events=50).bytes"] / 50),
        new(
            "memory of an idle SSE subscriber, of SignalR's",
            0.45,
            false,
            f => f["idle.ours-sse.bytes"] / f["idle.signalr.bytes"]),
        new("reconnect storm: message reads", 0, false, f => f["storm.cache.reads"]),
        new(
            "reconnect storm: times sooner at the head than with the window off",
            10,
            true,
            f => f["storm.no-cache.seconds"] / f["storm.cache.seconds"]),
        new("commits per turn, 3 replicas", 2.2, false, f => f["seed.3.on.commits"]),
        new("statements per turn, 3 replicas", 2.5, false, f => f["seed.3.on.statements"]),
        new(
            "idle cluster of 3: statements a minute with 5,000 chats, of those with 10",
            1.1,
            false,
            f => f["statements.3.5000"] / f["statements.3.10"]),
        new(
            "commit to delivery p99 at half of the highest rate, 1 replica, ms",
            5,
            false,
            f => f["seed.half.1.p99_ms"]),
        new("the same across 3 replicas, ms", 25, false, f => f["seed.half.3.p99_ms"]),
    ];
}
