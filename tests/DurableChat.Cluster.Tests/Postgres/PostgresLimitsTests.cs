using System.Diagnostics;
using DurableChat.Chats;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Cluster.Tests.Postgres;

/// <summary>Few connections, slow statements, callers that give up.</summary>
public sealed class PostgresLimitsTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Two_connections_serve_two_hundred_who_wait()
    {
        await using var store = Given.Store(await postgres.CreateDatabaseAsync(), options => options with { MaxConnections = 2 });
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            var chat = await store.CommitAsync(Given.New($"question {i}"));
            chat = await store.CommitAsync(Given.Answer(chat, $"answer {i}"));
            Assert.Equal([$"question {i}", $"answer {i}"], await store.ReadTextsAsync(chat.Id));
        })));
    }

    [Fact]
    public async Task A_statement_that_takes_too_long_is_ended_by_the_server_and_writes_nothing()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var store = Given.Store(database, options => options with { StatementTimeout = TimeSpan.FromSeconds(1.5) });
        var chat = await store.CommitAsync(Given.New("question"));
        var answer = Given.Answer(chat, "answer");
        await using (await RowHolder.HoldAsync(database, "SELECT FROM chats FOR UPDATE"))
        {
            var refusal = await Assert.ThrowsAsync<ChatStoreException>(() => store.CommitAsync(answer, null, CancellationToken.None));
            Assert.Contains("longer", refusal.Message, StringComparison.Ordinal);
        }

        Assert.Equal(["question"], await store.ReadTextsAsync(chat.Id));
        await store.CommitAsync(answer);
    }

    [Fact]
    public async Task A_storm_of_lists_and_deletions_does_not_keep_a_heartbeat_waiting()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var store = Given.Store(database, options => options with { MaxConnections = 10 });
        Task[] storm;
        await using (var holder = await RowHolder.HoldAsync(database, "LOCK TABLE chats IN ACCESS EXCLUSIVE MODE"))
        {
            storm = [.. Enumerable.Range(0, 20).SelectMany(_ => (Task[])
            [
                store.ListAsync("owner", new ChatListQuery(10), CancellationToken.None),
                store.DeleteAsync(ChatId.Create(TimeProvider.System.GetUtcNow()), CancellationToken.None),
            ])];
            await holder.WaitUntilWaitedForAsync(1);
            await store.HeartbeatAsync("replica", null, TimeSpan.FromSeconds(20), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(8), TimeProvider.System);
        }

        await Task.WhenAll(storm);
    }

    [Fact]
    public async Task A_database_that_lends_fewer_connections_than_the_pool_wants_serves_all_the_same()
    {
        const int Lent = 5;
        var database = new Npgsql.NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync());
        var name = database.Database;
        await PostgresFixture.ExecuteAsync(database.ConnectionString, $"CREATE ROLE {name} LOGIN CONNECTION LIMIT {Lent}; ALTER DATABASE {name} OWNER TO {name}; ALTER SCHEMA public OWNER TO {name}");
        database.Username = name;
        database.Add("Minimum Pool Size", 1);
        await using var store = Given.Store(database.ConnectionString, options => options with { FailoverTime = TimeSpan.FromSeconds(1) });
        await using var others = await RowHolder.HoldAsync(database.ConnectionString, "SELECT 1");
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            var chat = await store.CommitAsync(Given.New($"question {i}"));
            await store.CommitAsync(Given.Answer(chat, $"answer {i}"));
        })));
    }

    [Fact]
    public async Task A_reader_who_gives_up_does_not_wait_for_the_database()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var store = Given.Store(database, options => options with { MaxConnections = 1 });
        var chat = await store.CommitAsync(Given.New("question"));
        await using (await RowHolder.HoldAsync(database, "LOCK TABLE messages IN ACCESS EXCLUSIVE MODE"))
        {
            using var giveUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
            var started = Stopwatch.GetTimestamp();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
                store.ReadMessagesAsync(chat.Id, MessageQuery.After(0, 10, ReadReason.History), giveUp.Token));
            Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 10);
        }

        Assert.Equal(["question"], await store.ReadTextsAsync(chat.Id));
    }

    [Fact]
    public async Task A_commit_that_has_begun_is_not_given_up_and_one_that_waits_for_a_connection_is()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var store = Given.Store(database, options => options with { MaxConnections = 1 });
        var chat = await store.CommitAsync(Given.New("question"));
        using var giveUp = new CancellationTokenSource();
        Task<CommitResult> begun, waiting;
        await using (var holder = await RowHolder.HoldAsync(database, "SELECT FROM chats FOR UPDATE"))
        {
            begun = store.CommitAsync(Given.Answer(chat, "answer"), null, giveUp.Token);
            await holder.WaitUntilWaitedForAsync(1);
            waiting = store.CommitAsync(Given.New(), null, giveUp.Token);
            await giveUp.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        Assert.IsType<CommitResult.Committed>(await begun);
        Assert.Equal(["question", "answer"], await store.ReadTextsAsync(chat.Id));
    }

    [Fact]
    public async Task A_database_that_stays_away_is_an_error_after_the_failover_time_and_not_before()
    {
        await using var proxy = new CuttingProxy(postgres.Server.Port);
        var database = new Npgsql.NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync()) { Port = proxy.Port, SslMode = Npgsql.SslMode.Disable };
        await using var store = Given.Store(database.ConnectionString, options => options with { FailoverTime = TimeSpan.FromSeconds(1) });
        var chat = await store.CommitAsync(Given.New());
        await proxy.CloseAsync();
        var started = Stopwatch.GetTimestamp();
        await Assert.ThrowsAsync<ChatStoreException>(() => store.CommitAsync(Given.Decide(chat, new Interrupt()), null, CancellationToken.None));
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0.3, 10);
    }
}
