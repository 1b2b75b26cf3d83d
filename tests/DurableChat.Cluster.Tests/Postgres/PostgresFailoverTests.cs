using DurableChat.Chats;
using DurableChat.PostgreSql;
using DurableChat.ScaleTest.Running;
using DurableChat.Storage;
using Npgsql;
using Xunit;

namespace DurableChat.Cluster.Tests.Postgres;

/// <summary>A database that breaks off connections, or crashes and comes back, while chats are written: every commit is acknowledged, and stored once.</summary>
public sealed class PostgresFailoverTests(PostgresFixture postgres)
{
    private const int Writers = 24;

    private readonly SemaphoreSlim _commits = new(0);

    [Fact]
    public async Task Connections_that_are_broken_off_all_the_time_neither_lose_nor_double_a_commit()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var store = Open(database);
        await using var breaker = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await breaker.OpenAsync();
        var broken = 0L;
        await WriteWhileAsync(store, async () =>
        {
            for (var i = 0; i < 60; i++)
            {
                await CommitsAsync(Writers / 2);
                await using var command = new NpgsqlCommand(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", breaker);
                broken += (long)(await command.ExecuteScalarAsync())!;
            }
        });
        Assert.True(broken > 60, $"only {broken} connections were broken off");
    }

    [Fact]
    public async Task A_database_that_crashes_and_comes_back_neither_loses_nor_doubles_a_commit()
    {
        await using var server = await PostgresProcess.StartAsync(isDurable: true, CancellationToken.None);
        await using var store = Open(server.ConnectionString);
        await WriteWhileAsync(store, async () =>
        {
            for (var i = 0; i < 3; i++)
            {
                await CommitsAsync(5 * Writers);
                await server.StopAsync();
                await server.StartAsync();
            }

            await CommitsAsync(Writers);
        });
    }

    [Fact]
    public async Task A_database_that_was_read_only_for_a_while_takes_commits_again_without_a_restart()
    {
        var database = await postgres.CreateDatabaseAsync();
        var name = new NpgsqlConnectionStringBuilder(database).Database;
        var writable = new NpgsqlConnectionStringBuilder(database) { Options = "-c default_transaction_read_only=off" }.ConnectionString;
        await using var store = Given.Store(database, options => options with { FailoverTime = TimeSpan.FromSeconds(1) });
        var chat = await store.CommitAsync(Given.New("question"));
        var answer = Given.Answer(chat, "answer");
        await PostgresFixture.ExecuteAsync(writable, $"ALTER DATABASE {name} SET default_transaction_read_only = on");
        await PostgresFixture.ExecuteAsync(writable, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        await Assert.ThrowsAsync<ChatStoreException>(() => store.CommitAsync(answer, null, CancellationToken.None));
        Assert.Equal(["question"], await store.ReadTextsAsync(chat.Id));

        await PostgresFixture.ExecuteAsync(writable, $"ALTER DATABASE {name} RESET default_transaction_read_only");
        await store.CommitAsync(answer);
        Assert.Equal(["question", "answer"], await store.ReadTextsAsync(chat.Id));
    }

    [Fact]
    public async Task A_commit_or_deletion_that_no_standby_has_confirmed_is_not_acknowledged()
    {
        await using var server = await PostgresProcess.StartAsync(isDurable: false, CancellationToken.None);
        await using var store = Given.Store($"{server.ConnectionString};Command Timeout=1");
        var chat = await store.CommitAsync(Given.New());
        await server.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        await server.ExecuteAsync("SELECT pg_reload_conf()");
        ChatStoreException? refusal = null;
        for (var i = 0; i < 10 && refusal is null; i++)
        {
            // The server reads its settings a moment later.
            refusal = (ChatStoreException?)await Record.ExceptionAsync(async () => chat = await store.CommitAsync(Given.Decide(chat, new UpdateChat(Title: $"{i}"))));
        }

        Assert.Contains("standby", refusal?.Message, StringComparison.Ordinal);
        refusal = await Assert.ThrowsAsync<ChatStoreException>(() => store.DeleteAsync(chat.Id, CancellationToken.None));
        Assert.Contains("standby", refusal.Message, StringComparison.Ordinal);
    }

    private static PostgresChatStore Open(string connectionString) => Given.Store(connectionString, options => options with { FailoverTime = TimeSpan.FromMinutes(1) });

    /// <summary>Waits until so many commits more have been acknowledged.</summary>
    private async Task CommitsAsync(int count)
    {
        while (_commits.Wait(0))
        {
        }

        for (var i = 0; i < count; i++)
        {
            await _commits.WaitAsync();
        }
    }

    /// <summary>Each writer has a chat of its own, so nobody but the fault can make a commit fail.</summary>
    private async Task WriteWhileAsync(PostgresChatStore store, Func<Task> disturb)
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
                _commits.Release();
            }

            return (Chat: chat, Written: written);
        })).ToArray();
        var disturbing = disturb();

        // A writer that fails would otherwise leave the others, and this test, waiting for its commits.
        await Task.WhenAny([disturbing, .. writers]);
        await stop.CancelAsync();
        var results = await Task.WhenAll(writers);
        await disturbing;
        foreach (var (chat, written) in results)
        {
            Assert.Equal(written, await store.ReadTextsAsync(chat.Id));
            Assert.Equal(chat.Version, (await store.LoadAsync(chat.Id, CancellationToken.None))!.Version);
        }
    }
}
