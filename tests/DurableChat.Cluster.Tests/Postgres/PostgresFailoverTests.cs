using DurableChat.Chats;
using DurableChat.PostgreSql;
using DurableChat.ScaleTest.Running;
using Npgsql;
using Xunit;

namespace DurableChat.Cluster.Tests.Postgres;

/// <summary>A database that breaks off connections, or crashes and comes back, while chats are written: every commit is acknowledged, and stored once.</summary>
public sealed class PostgresFailoverTests(PostgresFixture postgres)
{
    private const int Writers = 8;

    [Fact]
    public async Task Connections_that_are_broken_off_all_the_time_neither_lose_nor_double_a_commit()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var store = Given.Store(database);
        await using var breaker = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await breaker.OpenAsync();
        var broken = 0L;
        await WriteWhileAsync(store, async () =>
        {
            for (var i = 0; i < 60; i++)
            {
                await using var command = new NpgsqlCommand(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", breaker);
                broken += (long)(await command.ExecuteScalarAsync())!;
                await Task.Delay(TimeSpan.FromMilliseconds(40), TimeProvider.System);
            }
        });
        Assert.True(broken > 50, $"only {broken} connections were broken off");
    }

    [Fact]
    public async Task A_database_that_crashes_and_comes_back_neither_loses_nor_doubles_a_commit()
    {
        await using var server = await PostgresProcess.StartAsync(isDurable: true, CancellationToken.None);
        await using var store = Given.Store(server.ConnectionString);
        await WriteWhileAsync(store, async () =>
        {
            for (var i = 0; i < 3; i++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
                await server.StopAsync();
                await server.StartAsync();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        });
    }

    /// <summary>Each writer has a chat of its own, so nobody but the fault can make a commit fail.</summary>
    private static async Task WriteWhileAsync(PostgresChatStore store, Func<Task> disturb)
    {
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var written = new List<string> { $"{writer}: 0" };
            var chat = await store.CommitAsync(Given.New(written[0]));
            while (!stop.IsCancellationRequested)
            {
                var text = $"{writer}: {written.Count}";
                chat = await store.CommitAsync(chat.Lease is null
                    ? Given.Decide(chat, new SendMessage(text) { ClaimBy = "replica" })
                    : Given.Answer(chat, text));
                written.Add(text);
            }

            return (Chat: chat, Written: written);
        })).ToArray();
        await disturb();
        await stop.CancelAsync();
        foreach (var (chat, written) in await Task.WhenAll(writers))
        {
            Assert.True(written.Count > 5, $"only {written.Count} commits to chat {chat.Id}");
            Assert.Equal(written, await store.ReadTextsAsync(chat.Id));
            Assert.Equal(chat.Version, (await store.LoadAsync(chat.Id, CancellationToken.None))!.Version);
        }
    }
}
