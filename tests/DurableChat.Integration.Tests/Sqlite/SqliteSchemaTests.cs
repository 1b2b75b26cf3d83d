using System.Text;
using DurableChat.Conformance;
using DurableChat.Diagnostics;
using DurableChat.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Integration.Tests.Sqlite;

/// <summary>Databases of every schema that was released are brought up to date, and go on.</summary>
public sealed class SqliteSchemaTests : IDisposable
{
    private const string Folder = "tests/DurableChat.Integration.Tests/Sqlite/Schemas";
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(ReleasedData.Now);

    public static TheoryData<string> Migrations => [.. SchemaFiles.Migrations(typeof(SqliteChatStore).Assembly)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Migrations))]
    public async Task A_database_of_an_earlier_schema_is_brought_up_to_date_and_goes_on(string migration)
    {
        var file = SchemaFiles.PathOf(Folder, migration);
        Assert.True(File.Exists(file), $"There is no database of the schema '{migration}'. Write it with: -explicit only -method '*.{nameof(SqliteSchemaTests)}.{nameof(Write_the_newest_schema)}'");
        var path = _folder.File("chat.db");
        using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            SqliteConnections.Execute(connection, await File.ReadAllTextAsync(file));
        }

        await using var store = SqliteChatStore.Open(new SqliteStoreOptions(path), new StoreMetrics(), _time);
        await ReleasedData.CheckAsync(store, store);
    }

    [Fact(Explicit = true)]
    public async Task Write_the_newest_schema()
    {
        var path = _folder.File("chat.db");
        await using (var store = SqliteChatStore.Open(new SqliteStoreOptions(path), new StoreMetrics(), _time))
        {
            await ReleasedData.FillAsync(store);
        }

        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        await File.WriteAllTextAsync(SchemaFiles.PathOf(Folder, SchemaFiles.Migrations(typeof(SqliteChatStore).Assembly)[^1]), Dump(connection));
    }

    private static string Dump(SqliteConnection connection)
    {
        var sql = new StringBuilder();
        foreach (var statement in Read(connection, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, name"))
        {
            sql.Append(statement).Append(";\n\n");
        }

        foreach (var table in Read(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"))
        {
            var values = string.Join(" || ', ' || ", Read(connection, $"SELECT name FROM pragma_table_info('{table}')").Select(column => $"quote({column})"));
            foreach (var row in Read(connection, $"SELECT {values} FROM {table} ORDER BY 1"))
            {
                sql.Append("INSERT INTO ").Append(table).Append(" VALUES (").Append(row).Append(");\n");
            }
        }

        return sql.ToString();
    }

    private static List<string> Read(SqliteConnection connection, string query)
    {
        using var command = connection.CreateCommand();
        command.CommandText = query;
        using var row = command.ExecuteReader();
        var rows = new List<string>();
        while (row.Read())
        {
            rows.Add(row.GetString(0));
        }

        return rows;
    }
}
