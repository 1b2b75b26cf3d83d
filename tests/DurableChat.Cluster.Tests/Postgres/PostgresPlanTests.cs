using DurableChat.PostgreSql;
using Npgsql;
using Xunit;

namespace DurableChat.Cluster.Tests.Postgres;

/// <summary>
/// What a query costs must not grow with the data it does not return, so it finds its rows by an index made for it, in
/// their order.
/// </summary>
public sealed class PostgresPlanTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData(nameof(PostgresStatements.Load), 1, "chats_pkey", "queued_messages_pkey")]
    [InlineData(nameof(PostgresStatements.ReadAfter), 4, "chats_pkey", "messages_pkey")]
    [InlineData(nameof(PostgresStatements.ReadBefore), 5, "chats_pkey", "messages_pkey")]
    [InlineData(nameof(PostgresStatements.ListArchivedOrNot), 5, "chats_by_owner_and_archived")]
    [InlineData(nameof(PostgresStatements.FindArchived), 3, "chats_pkey")]
    [InlineData(nameof(PostgresStatements.FindRemains), 2, "chats_with_remains")]
    [InlineData(nameof(PostgresStatements.RemoveMessagesOfBuried), 3, "messages_pkey", "chats_pkey")]
    [InlineData(nameof(PostgresStatements.RemoveExpiredKeysOfAll), 2, "idempotency_keys_by_time")]
    [InlineData(nameof(PostgresStatements.RemoveExpiredGravestones), 2, "gravestones_by_time")]
    [InlineData(nameof(PostgresStatements.FindClaimable), 8, "chats_that_need_a_worker")]
    [InlineData(nameof(PostgresStatements.FindChanged), 5, "chats_pkey")]
    [InlineData(nameof(PostgresStatements.ReadUsage), 3, "usage_pkey")]
    public async Task A_query_seeks_and_does_not_sort_what_it_does_not_return(string statement, int parameters, params string[] indexes)
    {
        var plan = await ExplainAsync(statement, parameters);
        Assert.All(indexes, index => Assert.Contains(plan, step => step.Contains($"using {index}", StringComparison.Ordinal)));
        Assert.DoesNotContain(plan, step => step.Contains("Seq Scan", StringComparison.Ordinal));
        var limit = plan.FindIndex(step => step.Contains("Limit", StringComparison.Ordinal));
        Assert.True(limit < 0 || !plan.Skip(limit).Any(step => step.Contains("Sort", StringComparison.Ordinal)), string.Join('\n', plan));
    }

    [Fact]
    public async Task A_list_of_all_chats_merges_two_pages()
    {
        var plan = await ExplainAsync(nameof(PostgresStatements.ListAll), 4);
        Assert.Equal(2, plan.Count(step => step.Contains("using chats_by_owner_and_archived", StringComparison.Ordinal)));
        Assert.Equal(3, plan.Count(step => step.Contains("Limit", StringComparison.Ordinal)));
    }

    private async Task<List<string>> ExplainAsync(string statement, int parameters)
    {
        var database = await postgres.CreateDatabaseAsync();
        await Given.Store(database).DisposeAsync();
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();

        // The tables are empty, and to go through an empty table is cheapest.
        await ExecuteAsync(connection, "SET enable_seqscan = off; SET enable_bitmapscan = off; SET plan_cache_mode = force_generic_plan");
        await ExecuteAsync(connection, $"PREPARE asked AS {typeof(PostgresStatements).GetField(statement)!.GetValue(null)}");
        return await ExecuteAsync(connection, $"EXPLAIN (COSTS off) EXECUTE asked ({string.Join(", ", Enumerable.Repeat("NULL", parameters))})");
    }

    private static async Task<List<string>> ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        var lines = new List<string>();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            lines.Add(row.GetString(0));
        }

        return lines;
    }
}
