using DurableChat.Conformance;
using DurableChat.PostgreSql;
using Npgsql;
using Xunit;

namespace DurableChat.Cluster.Tests.Postgres;

/// <summary>Databases of every schema that was released are brought up to date, and go on.</summary>
public sealed class PostgresSchemaTests(PostgresFixture postgres)
{
    private const string Folder = "tests/DurableChat.Cluster.Tests/Postgres/Schemas";

    public static TheoryData<string> Migrations => [.. SchemaFiles.Migrations(typeof(PostgresChatStore).Assembly)];

    [Theory]
    [MemberData(nameof(Migrations))]
    public async Task A_database_of_an_earlier_schema_is_brought_up_to_date_and_goes_on(string migration)
    {
        var file = SchemaFiles.PathOf(Folder, migration);
        Assert.True(File.Exists(file), $"There is no database of the schema '{migration}'. Write it with: -explicit only -method '*.{nameof(PostgresSchemaTests)}.{nameof(Write_the_newest_schema)}'");
        var database = await postgres.CreateDatabaseAsync();
        File.Copy(file, postgres.Server.PathOf($"{migration}.sql"));
        await postgres.Server.RunAsync("psql", [.. Arguments(database), "-v", "ON_ERROR_STOP=1", "-q", "-f", $"{migration}.sql"]);

        // The database's clock cannot be set back to when the key was used.
        await PostgresFixture.ExecuteAsync(database, "UPDATE idempotency_keys SET created_at = now()");
        await using var store = Given.Store(database);
        await ReleasedData.CheckAsync(store, store);
    }

    [Fact(Explicit = true)]
    public async Task Write_the_newest_schema()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using (var store = Given.Store(database))
        {
            await ReleasedData.FillAsync(store);
        }

        await postgres.Server.RunAsync("pg_dump", [.. Arguments(database), "--inserts", "--no-owner", "-f", "schema.sql"]);

        // Newer tools frame a dump with a random word, which older ones do not know.
        var lines = (await File.ReadAllLinesAsync(postgres.Server.PathOf("schema.sql"))).Where(line => !line.StartsWith('\\'));
        await File.WriteAllLinesAsync(SchemaFiles.PathOf(Folder, SchemaFiles.Migrations(typeof(PostgresChatStore).Assembly)[^1]), lines);
    }

    private static string[] Arguments(string database)
    {
        var builder = new NpgsqlConnectionStringBuilder(database);
        return ["-h", builder.Host!, "-p", $"{builder.Port}", "-U", builder.Username!, "-d", builder.Database!];
    }
}
