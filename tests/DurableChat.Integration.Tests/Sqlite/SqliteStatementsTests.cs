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
    [InlineData(SqliteStatements.ListArchivedOrNot, "chats_by_owner_and_archived (owner=? AND archived=? AND (updated_at,id)<(?,?))")]
    [InlineData(SqliteStatements.FindArchived, "SEARCH chats USING PRIMARY KEY (id>?)")]
    [InlineData(SqliteStatements.FindRemains, "deleted_chats_with_remains (id>?)")]
    [InlineData(SqliteStatements.RemoveMessagesOfBuried, "(rowid=?)", "(chat_id=?)")]
    [InlineData(SqliteStatements.RemoveKeysOfBuried, "(rowid=?)", "(chat_id=?)")]
    [InlineData(SqliteStatements.RemoveExpiredKeysOfAll, "(rowid=?)", "idempotency_keys_by_time (created_at<?)")]
    [InlineData(SqliteStatements.RemoveExpiredGravestones, "(id=?)", "deleted_chats_by_time (deleted_at<?)")]
    [InlineData(SqliteStatements.ReadAfter, "(chat_id=? AND id>?)")]
    [InlineData(SqliteStatements.ReadBefore, "(chat_id=? AND id>? AND id<?)")]
    [InlineData(SqliteStatements.ReadUsage, "SEARCH usage USING PRIMARY KEY (owner=? AND day>? AND day<?)")]
    [InlineData(SqliteStatements.FindClaimable, "chats_that_need_a_worker")]
    public void A_query_seeks_and_does_not_sort(string statement, params string[] seeks)
    {
        var steps = Explain(statement);
        Assert.All(seeks, seek => Assert.Contains(steps, step => step.Contains(seek, StringComparison.Ordinal)));
        Assert.DoesNotContain(steps, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal) || (step.StartsWith("SCAN ", StringComparison.Ordinal) && !step.Contains(" INDEX ", StringComparison.Ordinal) && !step.StartsWith("SCAN (", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_list_of_all_chats_sorts_no_more_than_two_pages()
    {
        var steps = Explain(SqliteStatements.ListAll);
        Assert.Equal(2, steps.Count(step => step.Contains("chats_by_owner_and_archived (owner=? AND archived=? AND (updated_at,id)<(?,?))", StringComparison.Ordinal)));
    }

    private List<string> Explain(string statement)
    {
        using var command = _connection!.CreateCommand();
        command.CommandText = $"EXPLAIN QUERY PLAN {statement}";
        foreach (var name in new[] { "$id", "$owner", "$archived", "$after", "$before", "$after_time", "$after_id", "$alive_since", "$unchanged_since", "$expired_at", "$bytes", "$from", "$to", "$limit" }.Where(name => statement.Contains(name, StringComparison.Ordinal)))
        {
            command.Parameters.AddWithValue(name, 1);
        }

        var steps = new List<string>();
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            steps.Add(rows.GetString(3));
        }

        return steps;
    }
}
