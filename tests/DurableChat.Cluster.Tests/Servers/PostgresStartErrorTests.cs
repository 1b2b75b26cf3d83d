using System.Net;
using System.Net.Sockets;
using DurableChat.Cluster.Tests.Postgres;
using DurableChat.Integration.Tests.Processes;
using DurableChat.Server;
using Npgsql;
using Xunit;

namespace DurableChat.Cluster.Tests.Servers;

/// <summary>A start on PostgreSQL that cannot succeed ends with exit code 2 and one sentence that says what is wrong and what to do.</summary>
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
