using DurableChat.ScaleTest.Measuring;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.ScaleTest.Scenarios;

/// <summary>
/// Opens very many connections that say nothing, and then as many streams on which nothing happens; before, and with
/// each lot open, every chat has a turn. Measures what one connection costs the server.
/// </summary>
internal sealed class IdleScenario : IScenario
{
    /// <summary>One address has some 28,000 ports for connections to one server.</summary>
    private const int ConnectionsPerAddress = 10_000;
    private const int OpenedAtOnce = 50;

    public async Task RunAsync(Load load, CancellationToken cancellationToken)
    {
        await Steps.CreateAllAsync(load, cancellationToken);
        await MeasureAsync(load, "before", 0, 0, cancellationToken);
        await HoldAsync(load, "silent", _ => "", firstAddress: 2, cancellationToken);
        await HoldAsync(
            load,
            "listening",
            number =>
                $"GET /api/v1/chats/{load.Drivers[number % load.Drivers.Count].Chat}/stream HTTP/1.1\r\nHost: "
                    + $"127.0.0.1\r\n{(load.Api.Token is { } token ? $"Authorization: Bearer {token}\r\n" : "")}\r\n",
            firstAddress: 102,
            cancellationToken);
    }

    private static async Task HoldAsync(
        Load load,
        string what,
        Func<int, string> request,
        int firstAddress,
        CancellationToken cancellationToken)
    {
        load.Phase = $"opening {what} connections";
        var before = load.ServerBytes();
        var connections = new IdleConnection?[load.Options.Connections];
        try
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, connections.Length),
                new ParallelOptions { MaxDegreeOfParallelism = OpenedAtOnce, CancellationToken = cancellationToken },
                async (number, cancelled) =>
                    connections[number] = await IdleConnection.OpenAsync(
                        load.Replicas[number % load.Replicas.Count],
                        firstAddress + (number / ConnectionsPerAddress),
                        request(number),
                        cancelled));
            load.Phase = $"turns beside {what} connections";
            await MeasureAsync(load, what, connections.Length, before, cancellationToken);
        }
        finally
        {
            foreach (var connection in connections)
            {
                connection?.Dispose();
            }
        }
    }

    private static async Task MeasureAsync(
        Load load,
        string at,
        int connections,
        long before,
        CancellationToken cancellationToken)
    {
        var started = load.Time.GetTimestamp();
        await Task.WhenAll(load.Drivers.Select(driver => Steps.FollowUpAsync(load, driver, cancellationToken)));
        var elapsed = load.Time.GetElapsedTime(started);
        var reading = await load.ReadServersAsync(cancellationToken);
        var bytes = load.ServerBytes();
        load.Marks.Add(new Mark(at, new Dictionary<string, double>
        {
            ["connections"] = connections,
            ["streams"] = reading.Streams,
            ["memory_mb"] = Math.Round(bytes / 1048576.0, 1),
            ["kb_per_connection"] = connections == 0 ? 0 : Math.Round((bytes - before) / 1024.0 / connections, 2),
            ["turn_of_all_chats_ms"] = Math.Round(elapsed.TotalMilliseconds),
        }));
    }
}
