using DurableChat.Diagnostics;
using DurableChat.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace DurableChat.Integration.Tests.Sqlite;

/// <summary>What a query costs must not grow with the data it does not return.</summary>
public sealed class SqliteStatementsTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private SqliteConnection? _connection;

    public async ValueTask InitializeAsync()
    {
        var path = _folder.File("chat.db");
        await SqliteChatStore.Open(new SqliteStoreOptions(path), new StoreMetrics(), TimeProvider.System).DisposeAsync();
        _connection = SqliteConnections.OpenReader(path);
    }

    public ValueTask DisposeAsync()
    {
        _connection?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(SqliteStatements.List, "chats_by_owner (owner=? AND (updated_at,id)<(?,?))")]
    [InlineData(SqliteStatements.ReadAfter, "(chat_id=? AND id>?)")]
    [InlineData(SqliteStatements.ReadBefore, "(chat_id=? AND id>? AND id<?)")]
    [InlineData(SqliteStatements.FindClaimable, "chats_that_need_a_worker")]
    public void A_query_seeks_and_does_not_sort(string statement, string plan)
    {
        using var command = _connection!.CreateCommand();
        command.CommandText = $"EXPLAIN QUERY PLAN {statement}";
        foreach (var name in new[] { "$id", "$owner", "$archived", "$after", "$before", "$after_time", "$after_id", "$alive_since", "$limit" }.Where(name => statement.Contains(name, StringComparison.Ordinal)))
        {
            command.Parameters.AddWithValue(name, 1);
        }

        var steps = new List<string>();
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            steps.Add(rows.GetString(3));
        }

        Assert.Contains(plan, steps[0], StringComparison.Ordinal);
        Assert.DoesNotContain(steps, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
    }
}
