using DurableChat.Cluster.Tests.Servers;
using DurableChat.Server.Configuration;
using DurableChat.Storage;
using Npgsql;
using Xunit;

namespace DurableChat.Cluster.Tests.Postgres.Starts;

/// <summary>PgBouncer between the server and its database.</summary>
public sealed class PoolerTests(PostgresFixture postgres)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("transaction", "ignore_startup_parameters = options,extra_float_digits")]
    [InlineData("transaction", "ignore_startup_parameters = extra_float_digits")]
    [InlineData("session", "ignore_startup_parameters = options,extra_float_digits")]
    public async Task A_pooler_that_drops_the_statement_timeout_is_refused_with_what_to_do(string mode, string settings)
    {
        await using var bouncer = await PgBouncer.StartAsync(await postgres.CreateDatabaseAsync(), mode, settings);
        var refusal = Assert.Throws<ChatStoreException>(() => Given.Store(bouncer.ConnectionString));
        Assert.Contains("a pooler in between drops the statement timeout", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("ALTER ROLE \"durablechat\" SET statement_timeout = '10s'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_of_the_connection_string_that_a_pooler_drops_are_refused()
    {
        await using var bouncer = await PgBouncer.StartAsync(await CreateDatabaseWithTimeoutAsync());
        var given = new NpgsqlConnectionStringBuilder(bouncer.ConnectionString) { Options = "-c search_path=elsewhere" };
        Assert.Contains("drops 'Options' and 'Search Path'", Assert.Throws<ChatStoreException>(() => Given.Store(given.ConnectionString)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Through_a_pooler_in_transaction_mode_starts_leave_no_lock_and_statements_of_two_replicas_do_not_clash()
    {
        var database = await CreateDatabaseWithTimeoutAsync();
        await using var bouncer = await PgBouncer.StartAsync(database);
        await using var one = Given.Store(bouncer.ConnectionString);
        await using var two = Given.Store(bouncer.ConnectionString);
        Assert.Equal(0L, await PostgresFixture.ExecuteAsync(database, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"));
        await Task.WhenAll(Enumerable.Range(0, 40).Select(number => (number % 2 == 0 ? one : two).CommitAsync(Given.New())));
        var chat = await one.CommitAsync(Given.New("question"));
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(["question"], await two.ReadTextsAsync(chat.Id));
        }
    }

    [Fact]
    public async Task A_server_whose_notifications_a_pooler_swallows_says_so_and_what_to_do()
    {
        await using var bouncer = await PgBouncer.StartAsync(await CreateDatabaseWithTimeoutAsync());
        await using var server = await InProcessServer.StartAsync(
            new ServeOptions("http://127.0.0.1:0", null, bouncer.ConnectionString, null), "DurableChat:Notifications:ProbePatience=00:00:00.2");
        using var http = new HttpClient();
        using var patience = new CancellationTokenSource(_patience);
        string said;
        while (!(said = await http.GetStringAsync(new Uri(InProcessServer.UrlOf(server), "/readyz"), patience.Token)).Contains("does not deliver", StringComparison.Ordinal))
        {
            await Task.Yield();
        }

        Assert.Contains("set Notifications:PostgreSql", said, StringComparison.Ordinal);
        Assert.Contains("durablechat_notifications_up 0", (await http.GetStringAsync(new Uri(InProcessServer.UrlOf(server), "/metrics"), patience.Token)).Replace("{otel_scope_name=\"DurableChat\"}", "", StringComparison.Ordinal), StringComparison.Ordinal);
        await server.StopAsync(patience.Token);
    }

    [Fact]
    public async Task With_a_direct_connection_for_notifications_a_server_behind_a_pooler_hears_itself()
    {
        var database = await CreateDatabaseWithTimeoutAsync();
        await using var bouncer = await PgBouncer.StartAsync(database);
        await using var server = await InProcessServer.StartAsync(new ServeOptions("http://127.0.0.1:0", null, bouncer.ConnectionString, null), $"Notifications:PostgreSql={database}");
        using var http = new HttpClient();
        using var patience = new CancellationTokenSource(_patience);
        while (await http.GetStringAsync(new Uri(InProcessServer.UrlOf(server), "/readyz"), patience.Token) != "ready")
        {
            await Task.Yield();
        }

        await server.StopAsync(patience.Token);
    }

    private async Task<string> CreateDatabaseWithTimeoutAsync()
    {
        var database = await postgres.CreateDatabaseAsync();
        var name = new NpgsqlConnectionStringBuilder(database).Database;
        await PostgresFixture.ExecuteAsync(database, $"ALTER DATABASE {name} SET statement_timeout = '10s'");
        return database;
    }
}
