using System.Globalization;
using DurableChat.Bench.Reporting;
using DurableChat.Bench.Running;
using DurableChat.Bench.Targets;
using DurableChat.ScaleTest.Measuring;
using DurableChat.ScaleTest.Running;
using DurableChat.ScaleTest.Scenarios;
using DurableChat.ScaleTest.Wire;
using Npgsql;

namespace DurableChat.Bench.Statements;

/// <summary>
/// Counts what a cluster asks of its database while nothing happens, and every chat has a subscriber.
/// </summary>
internal static class StatementsRun
{
    /// <summary>PostgreSQL counts what an idle session did only after ten seconds.</summary>
    private const int SettleSeconds = 12;

    public static async Task<PartReport> RunAsync(bool isQuick, CancellationToken cancellationToken)
    {
        int[] chats = isQuick ? [10, 100] : [10, 1000, 5000];
        var seconds = isQuick ? 5 : 30;
        var single = MeasureAsync(1, chats, seconds, cancellationToken);
        var three = MeasureAsync(3, chats, seconds, cancellationToken);
        var figures = new Dictionary<string, double>(StringComparer.Ordinal);
        List<string> lines =
        [
            "| chats, each with a subscriber | 1 replica: statements a minute | PostgreSQL's transactions a minute | 3 "
                + "replicas: statements a minute | PostgreSQL's transactions a minute |",
            "| ---: | ---: | ---: | ---: | ---: |",
        ];
        for (var i = 0; i < chats.Length; i++)
        {
            var (a, b) = ((await single)[i], (await three)[i]);
            lines.Add(
                $"| {chats[i].ToString("N0", CultureInfo.InvariantCulture)} | {Fixed.Text(a.Statements)} | "
                    + $"{Fixed.Text(a.Transactions)} | {Fixed.Text(b.Statements)} | {Fixed.Text(b.Transactions)} |");
            figures[$"statements.1.{chats[i]}"] = a.Statements;
            figures[$"statements.3.{chats[i]}"] = b.Statements;
        }

        return new PartReport("statements", "bench/run statements", lines, figures);
    }

    private static async Task<IReadOnlyList<(double Statements, double Transactions)>> MeasureAsync(
        int replicas,
        int[] chats,
        int seconds,
        CancellationToken cancellationToken)
    {
        await using var bed = await TestBed.StartAsync(
            new BedOptions { Store = "postgres", Replicas = replicas }, new LoadOptions(), cancellationToken);
        await using var seeder = new ChatSeeder(bed.Database!.ConnectionString);
        await using var database = NpgsqlDataSource.Create(bed.Database.ConnectionString);
        using var api = new ChatApi(null, TimeProvider.System);
        var streams = new List<IdleConnection>();
        var found = new List<(double, double)>();
        foreach (var count in chats)
        {
            for (var chat = streams.Count; chat < count; chat++)
            {
                await seeder.CreateAsync(chat, 2, cancellationToken);
                streams.Add(await FollowAsync(bed.Replicas[chat % replicas], chat, cancellationToken));
            }

            await Task.Delay(
                TimeSpan.FromSeconds(Math.Min(SettleSeconds, seconds)), TimeProvider.System, cancellationToken);
            var (statements, transactions) = (await StatementsAsync(), await TransactionsAsync());
            await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System, cancellationToken);
            found.Add((
                (await StatementsAsync() - statements) * 60 / seconds,
                (await TransactionsAsync() - transactions) * 60 / seconds));
        }

        streams.ForEach(stream => stream.Dispose());
        return found;

        async Task<double> StatementsAsync() =>
            new ServerReading
            {
                Text = PrometheusText.Read(await Task.WhenAll(
                bed.Replicas.Select(replica => api.MetricsAsync(replica, cancellationToken))))
            }.Statements;

        async Task<double> TransactionsAsync()
        {
            await using var command = database.CreateCommand(
                "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()");
            return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
    }

    private static Task<IdleConnection> FollowAsync(Uri replica, int chat, CancellationToken cancellationToken) =>
        IdleConnection.OpenAsync(
            replica,
            2 + (chat % 4),
            $"GET /api/v1/chats/{OursTarget.IdOf(chat)}/stream HTTP/1.1\r\nHost: 127.0.0.1:{replica.Port}\r\n\r\n",
            cancellationToken);
}
