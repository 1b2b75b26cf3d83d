using DurableChat.PostgreSql;
using DurableChat.Storage;
using Npgsql;
using Xunit;

namespace DurableChat.Cluster.Tests.Postgres;

/// <summary>Connecting, and bringing the schema up to date.</summary>
public sealed class PostgresOpeningTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Eight_replicas_that_start_together_migrate_once()
    {
        var database = await postgres.CreateDatabaseAsync();
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () => Given.Store(database), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        await Task.WhenAll(stores.Select(store => store.CommitAsync(Given.New())));
        Assert.Equal(
            typeof(PostgresChatStore).Assembly.GetManifestResourceNames().Count(name => name.EndsWith(".sql", StringComparison.Ordinal)),
            (int)(long)(await PostgresFixture.ExecuteAsync(database, "SELECT count(*) FROM durablechat_migrations"))!);
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_was_committed_is_there_when_opened_again()
    {
        var database = await postgres.CreateDatabaseAsync();
        var created = Given.New("question");
        await using (var store = Given.Store(database))
        {
            await store.CommitAsync(created);
        }

        await using var again = Given.Store(database);
        Assert.Equal(["question"], await again.ReadTextsAsync(created.Next.Id));
    }

    [Fact]
    public async Task Replicas_that_went_without_a_word_are_forgotten_in_the_end()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using (var store = Given.Store(database))
        {
            await store.HeartbeatAsync("gone", null, TimeSpan.FromSeconds(20), CancellationToken.None);
            await store.HeartbeatAsync("here", null, TimeSpan.FromSeconds(20), CancellationToken.None);
        }

        await PostgresFixture.ExecuteAsync(database, "UPDATE replicas SET heartbeat_at = heartbeat_at - interval '31 days' WHERE replica_id = 'gone'");
        await Given.Store(database).DisposeAsync();
        Assert.Equal("here", await PostgresFixture.ExecuteAsync(database, "SELECT string_agg(replica_id, ',') FROM replicas"));
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused()
    {
        var database = await postgres.CreateDatabaseAsync();
        await Given.Store(database).DisposeAsync();
        await PostgresFixture.ExecuteAsync(
            database, "INSERT INTO durablechat_migrations (scriptname, applied) VALUES ('DurableChat.PostgreSql.Migrations.9999_future.sql', now())");
        var refusal = Assert.Throws<ChatStoreException>(() => Given.Store(database));
        Assert.Contains("newer version", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("9999_future", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_of_the_operator_hold_for_the_migrations_too()
    {
        var database = await postgres.CreateDatabaseAsync();
        await PostgresFixture.ExecuteAsync(database, "CREATE SCHEMA chat");
        await using var store = Given.Store(new NpgsqlConnectionStringBuilder(database) { Options = "-c search_path=chat" }.ConnectionString);
        await store.CommitAsync(Given.New());
        Assert.Equal(1L, await PostgresFixture.ExecuteAsync(database, "SELECT count(*) FROM chat.chats"));
    }

    [Fact]
    public async Task A_url_will_do_as_well()
    {
        var database = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync());
        await using var store = Given.Store($"postgresql://{database.Username}:pass%3Bword@{database.Host}:{database.Port}/{database.Database}?sslmode=prefer&Maximum%20Pool%20Size=3");
        await store.CommitAsync(Given.New());
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=someone;Password=hidden", "127.0.0.1:1")]
    [InlineData("postgres://someone:hidden@host.invalid/chats", "host.invalid")]
    [InlineData("Host=127.0.0.1;Password=hidden;Colour=blue", "Colour")]
    [InlineData("Host=127.0.0.1;Password=hidden;Port=many", "connection string")]
    [InlineData("postgres://someone:hidden@127.0.0.1/chats?sslmode=perhaps", "connection string")]
    public void What_is_wrong_with_the_connection_string_is_said_without_the_password(string connectionString, string expected)
    {
        var refusal = Assert.Throws<ChatStoreException>(() => Given.Store(connectionString));
        Assert.Contains(expected, refusal.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("hidden", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_that_contradict_each_other_are_refused()
    {
        var database = await postgres.CreateDatabaseAsync();
        Assert.Contains("Pool Size", Assert.Throws<ChatStoreException>(() => Given.Store($"{database};Minimum Pool Size=30")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_does_not_exist_is_named()
    {
        var database = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync()) { Database = "missing" };
        Assert.Contains("'missing'", Assert.Throws<ChatStoreException>(() => Given.Store(database.ConnectionString)).Message, StringComparison.Ordinal);
    }
}
