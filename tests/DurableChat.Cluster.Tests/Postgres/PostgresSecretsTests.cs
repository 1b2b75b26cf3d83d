using Xunit;

namespace DurableChat.Cluster.Tests.Postgres;

/// <summary>The secret that the database keeps for the cluster.</summary>
public sealed class PostgresSecretsTests(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_who_ask_at_once_get_the_same_secret_and_the_databases_time()
    {
        await using var store = Given.Store(await postgres.CreateDatabaseAsync());
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.GetClusterSecretsAsync(Cancel)));
        Assert.Single(all.SelectMany(secrets => secrets.InUse).Distinct());
        Assert.Equal(64, Assert.Single(all[0].InUse).Length);
        Assert.NotNull(all[0].Now);
    }

    [Fact]
    public async Task After_a_rotation_the_old_secret_stays_in_use_for_the_overlap_and_no_longer()
    {
        await using var store = Given.Store(await postgres.CreateDatabaseAsync());
        var first = (await store.GetClusterSecretsAsync(Cancel)).InUse[0];
        await store.RotateClusterSecretAsync(TimeSpan.FromHours(1), Cancel);
        var both = (await store.GetClusterSecretsAsync(Cancel)).InUse;
        Assert.Equal(2, both.Count);
        Assert.Equal(first, both[1]);
        Assert.NotEqual(first, both[0]);
        await store.RotateClusterSecretAsync(TimeSpan.Zero, Cancel);
        var last = Assert.Single((await store.GetClusterSecretsAsync(Cancel)).InUse);
        Assert.DoesNotContain(last, both);
    }

    [Fact]
    public async Task Two_rotations_at_once_are_two_rotations()
    {
        await using var store = Given.Store(await postgres.CreateDatabaseAsync());
        await store.GetClusterSecretsAsync(Cancel);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            store.RotateClusterSecretAsync(TimeSpan.FromHours(1), Cancel)));
        var secrets = (await store.GetClusterSecretsAsync(Cancel)).InUse;
        Assert.Equal(2, secrets.Distinct().Count());
    }

    [Fact]
    public async Task Keys_that_were_published_are_found_for_their_time_and_go_when_it_is_over()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var store = Given.Store(database);
        await store.PublishKeyAsync("one", [1, 2, 3], TimeSpan.FromHours(1), Cancel);
        var found = await store.FindKeyAsync("one", Cancel);
        Assert.Equal([1, 2, 3], found!.Key.ToArray());
        Assert.InRange(found.Left, TimeSpan.FromMinutes(50), TimeSpan.FromHours(1));
        Assert.Null(await store.FindKeyAsync("two", Cancel));
        await store.PublishKeyAsync("over", [4], TimeSpan.FromSeconds(-1), Cancel);
        Assert.Null(await store.FindKeyAsync("over", Cancel));
        await store.PublishKeyAsync("three", [5], TimeSpan.FromHours(1), Cancel);
        Assert.Equal(2L,
            await PostgresFixture.ExecuteAsync(database,
                "SELECT count(*) FROM cluster_settings WHERE name LIKE 'public_key:%'"));
    }

    [Fact]
    public async Task Replicas_with_the_old_secret_understand_those_with_the_new_one_once_they_have_read_it()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var store = Given.Store(database);
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using var running = new ClusterKeys(store, [], time);
        await running.GetAsync(Cancel);
        await store.RotateClusterSecretAsync(TimeSpan.FromHours(1), Cancel);
        using var started = new ClusterKeys(store, [], time);
        using var sender = new Notifications.NotificationSeal(started);
        using var receiver = new Notifications.NotificationSeal(running);
        await sender.ReadyAsync(Cancel);
        var frame = sender.Seal("news", Notifications.SealedKind.News);
        using (var unknown = receiver.Open(frame, out var lacksKey))
        {
            Assert.Equal((Notifications.SealTrust.None, true), (unknown.Trust, lacksKey));
        }

        time.Advance(ClusterKeys.ShortestPause);
        await receiver.RefreshAsync(Cancel);
        using var opened = receiver.Open(frame, out _);
        Assert.Equal(Notifications.SealTrust.Fresh, opened.Trust);
    }
}
