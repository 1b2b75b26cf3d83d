using System.Net;
using System.Net.Sockets;
using DurableChat.Cluster.Tests.Postgres;
using DurableChat.Integration.Tests.Processes;
using DurableChat.Server.Configuration;
using DurableChat.Storage;
using Npgsql;
using Xunit;

namespace DurableChat.Cluster.Tests.Servers;

/// <summary>
/// A start on PostgreSQL that cannot succeed ends with exit code 2 and one sentence that says what is wrong and what to
/// do.
/// </summary>
public sealed class PostgresStartErrorTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_wrong_password_is_told_without_it()
    {
        var database = await postgres.CreateDatabaseAsync();
        await PostgresFixture.ExecuteAsync(database, "CREATE ROLE guarded LOGIN PASSWORD 'right'");
        var rules = postgres.Server.PathOf("data/pg_hba.conf");
        await File.WriteAllTextAsync(rules, $"host all guarded 127.0.0.1/32 scram-sha-256\n{await File.ReadAllTextAsync(rules)}");
        await PostgresFixture.ExecuteAsync(database, "SELECT pg_reload_conf()");
        var wrong = new NpgsqlConnectionStringBuilder(database) { Username = "guarded", Password = "hidden" }.ConnectionString;
        while (await IsLetInAsync(wrong))
        {
            // The rules are read when the postmaster gets to it.
            await Task.Yield();
        }

        await ComplainsAsync(wrong, "password authentication failed for user \"guarded\". Check the user name and the password");
        await ComplainsAsync(new NpgsqlConnectionStringBuilder(database) { Username = "guarded", Password = "right" }.ConnectionString, "make it the owner of the database");
    }

    [Fact]
    public async Task A_database_that_does_not_exist_or_is_of_a_newer_version_is_told()
    {
        var database = await postgres.CreateDatabaseAsync();
        await ComplainsAsync(new NpgsqlConnectionStringBuilder(database) { Database = "missing" }.ConnectionString, "'missing' on 127.0.0.1:" + $"{postgres.Server.Port} cannot be opened: there is no such database. Create it");
        await Given.Store(database).DisposeAsync();
        await PostgresFixture.ExecuteAsync(
            database, "INSERT INTO durablechat_migrations (scriptname, applied) VALUES ('DurableChat.PostgreSql.Migrations.9999_future.sql', now())");
        await ComplainsAsync(database, "was made by a newer version of DurableChat (it has the migration");
    }

    [Fact]
    public async Task A_table_that_the_user_may_not_use_is_named_whichever_it_is()
    {
        var database = await postgres.CreateDatabaseAsync();
        await Given.Store(database).DisposeAsync();
        var name = new NpgsqlConnectionStringBuilder(database).Database;
        await PostgresFixture.ExecuteAsync(database, $"CREATE ROLE {name} LOGIN; GRANT ALL ON SCHEMA public TO {name}; GRANT ALL ON ALL TABLES IN SCHEMA public TO {name}");
        var limited = new NpgsqlConnectionStringBuilder(database) { Username = name }.ConnectionString;
        await Given.Store(limited).DisposeAsync();
        var tables = (string)(await PostgresFixture.ExecuteAsync(database, "SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'public'"))!;
        foreach (var table in tables.Split(','))
        {
            foreach (var privilege in table == "durablechat_migrations" ? (string[])["SELECT"] : ["SELECT", "INSERT", "UPDATE", "DELETE"])
            {
                await PostgresFixture.ExecuteAsync(database, $"REVOKE {privilege} ON {table} FROM {name}");
                var refusal = Assert.Throws<ChatStoreException>(() => Given.Store(limited));
                Assert.Contains($"permission denied for table {table}.", refusal.Message, StringComparison.Ordinal);
                await PostgresFixture.ExecuteAsync(database, $"GRANT {privilege} ON {table} TO {name}");
            }
        }

        await PostgresFixture.ExecuteAsync(database, $"REVOKE ALL ON cluster_settings FROM {name}");
        await ComplainsAsync(limited, "permission denied for table cluster_settings.");
    }

    [Fact]
    public async Task A_database_that_may_only_be_read_is_named()
    {
        var database = await postgres.CreateDatabaseAsync();
        await Given.Store(database).DisposeAsync();
        await PostgresFixture.ExecuteAsync(database, $"ALTER DATABASE {new NpgsqlConnectionStringBuilder(database).Database} SET default_transaction_read_only = on");
        await ComplainsAsync(database, "cannot be opened: it cannot be written to: it is a standby, or is set to be read-only.");
    }

    [Fact]
    public async Task An_error_of_a_start_that_is_half_done_is_not_hidden_by_the_clean_up()
    {
        var database = await postgres.CreateDatabaseAsync();
        await Given.Store(database).DisposeAsync();
        await PostgresFixture.ExecuteAsync(
            database,
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no settings today''; END'; CREATE TRIGGER refuse BEFORE INSERT ON cluster_settings FOR EACH ROW EXECUTE FUNCTION refuse()");
        await ComplainsAsync(database, "no settings today");
    }

    [Fact]
    public async Task Timeouts_in_the_wrong_order_are_named()
    {
        var database = await postgres.CreateDatabaseAsync();
        await ComplainsAsync($"{database};Command Timeout=20", "Store:FailoverTime (00:00:20) must be more than Command Timeout of Store:PostgreSql (00:00:20)");
        await ComplainsAsync(database, "Store:FailoverTime (00:00:05) must be more than Command Timeout of Store:PostgreSql (00:00:12)", "Store__FailoverTime=00:00:05");
        await ComplainsAsync($"{database};Options=-c statement_timeout=1min", "Command Timeout of Store:PostgreSql (00:00:12) must be more than Store:StatementTimeout (00:01:00)");
    }

    [Fact]
    public async Task A_start_that_waits_for_a_lock_gives_up()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var holder = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await holder.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("SELECT pg_advisory_lock(293188690292)", holder);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await ComplainsAsync(database, $"cannot be brought up to date: session {holder.ProcessID} ", "Store__MigrationWait=00:00:01");
    }

    [Fact]
    public async Task A_cluster_port_in_use_is_told()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await ComplainsAsync(
            await postgres.CreateDatabaseAsync(), "the port is in use. Stop the program that uses it, or choose another with 'Cluster:Url'.", $"Cluster__Url=http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }

    [Fact]
    public async Task Without_its_redis_a_server_starts_and_says_so()
    {
        await using var server = await InProcessServer.StartAsync(
            new ServeOptions("http://127.0.0.1:0", null, await postgres.CreateDatabaseAsync(), null), "Notifications:Redis=127.0.0.1:1,connectTimeout=500");
        using var http = new HttpClient();
        Assert.StartsWith("ready; the notification channel is down", await http.GetStringAsync(new Uri(InProcessServer.UrlOf(server), "/readyz")), StringComparison.Ordinal);
        await server.StopAsync();
    }

    private static async Task<bool> IsLetInAsync(string connectionString)
    {
        try
        {
            await PostgresFixture.ExecuteAsync(connectionString, "SELECT 1");
            return true;
        }
        catch (PostgresException)
        {
            return false;
        }
    }

    private static async Task ComplainsAsync(string store, string expected, params string[] environment)
    {
        var run = await ProgramRun.RunAsync(environment, ["serve", "--urls", "http://127.0.0.1:0", "--store", store]);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.StartsWith("durablechat: ", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.Equal(2, run.Code);
        Assert.DoesNotContain("hidden", run.Error + run.Output, StringComparison.Ordinal);
    }
}
