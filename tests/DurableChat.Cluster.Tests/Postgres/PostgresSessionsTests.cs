using DurableChat.Diagnostics;
using DurableChat.PostgreSql;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Cluster.Tests.Postgres;

/// <summary>Sessions that show which replicas live.</summary>
public sealed class PostgresSessionsTests(PostgresFixture postgres)
{
    private static readonly TimeSpan _lease = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_session_shows_its_replica_until_its_connection_ends_and_a_broken_one_is_opened_again()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var store = Given.Store(database);
        await store.HeartbeatAsync("one", null, _lease, CancellationToken.None);
        await store.HeartbeatAsync("other", null, _lease, CancellationToken.None);
        await using var one = Sessions(database);
        await using (var other = Sessions(database))
        {
            Assert.True((await one.LookAsync("one", CancellationToken.None)).IsOwnNew);
            await other.LookAsync("other", CancellationToken.None);
            var open = await one.LookAsync("one", CancellationToken.None);
            Assert.False(open.IsOwnNew);
            Assert.Equal(["one", "other"], open.Replicas.Order());
        }

        // The session ends a moment after its connection.
        while ((await one.LookAsync("one", CancellationToken.None)).Replicas.Contains("other"))
        {
            await Task.Yield();
        }

        await PostgresFixture.ExecuteAsync(database, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 1685415012");
        await Assert.ThrowsAsync<ChatStoreException>(() => one.LookAsync("one", CancellationToken.None));
        Assert.True((await one.LookAsync("one", CancellationToken.None)).IsOwnNew);
        Assert.Equal(["one"], (await one.LookAsync("one", CancellationToken.None)).Replicas);
    }

    [Fact]
    public async Task The_chats_of_a_suspect_can_be_claimed_once_its_heartbeat_is_late_and_the_own_one_is_not()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var store = Given.Store(database);
        await store.HeartbeatAsync("own", null, _lease, CancellationToken.None);
        await store.HeartbeatAsync("replica", null, _lease, CancellationToken.None);
        await store.CommitAsync(Given.New());
        var query = new ClaimQuery("own", _lease, 10) { Suspects = ["replica"], SuspectAfter = TimeSpan.FromSeconds(30) };
        Assert.Empty(await store.FindClaimableAsync(query, CancellationToken.None));
        await PostgresFixture.ExecuteAsync(database, "UPDATE replicas SET heartbeat_at = heartbeat_at - interval '40 seconds', on_time_since = clock_timestamp()");
        Assert.Empty(await store.FindClaimableAsync(query, CancellationToken.None));
        await store.HeartbeatAsync("own", null, _lease, CancellationToken.None);
        Assert.Empty(await store.FindClaimableAsync(query with { Suspects = [] }, CancellationToken.None));
        Assert.Single(await store.FindClaimableAsync(query, CancellationToken.None));
    }

    private static PostgresReplicaSessions Sessions(string database) => new(new PostgresStoreOptions(database), new StoreMetrics());
}
