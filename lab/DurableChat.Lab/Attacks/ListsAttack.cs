using System.Text.Json;
using DurableChat.Lab.Running;
using Microsoft.Data.Sqlite;

namespace DurableChat.Lab.Attacks;

/// <summary>Lists over a hundred thousand chats, and imports, beside the commits and reads of others.</summary>
internal sealed class ListsAttack : Attack
{
    private const int Page = 200;

    public override string Name => "lists";

    public override string Bound => "lists have some of the readers; an import is written in slices";

    public override async Task SeedAsync(Arena arena, CancellationToken cancellationToken)
    {
        // Written into the file: as requests they would take minutes.
        var token = arena.AttackerTokens[0];
        var chat = await arena.CreateChatAsync(token, new { content = "hello" }, cancellationToken)
            ?? throw new InvalidOperationException("A chat was refused.");
        await arena.WaitForAsync(token, chat, status => status == "waiting", cancellationToken);
        await arena.Servers[0].StopAsync();
        await MultiplyAsync(arena.Database, chat, arena.Scale.Of(1000, 100_000), cancellationToken);
        await arena.Servers[0].StartAsync(cancellationToken);
    }

    public override async Task RunAsync(Arena arena, CancellationToken cancellationToken)
    {
        var text = new string('x', 100);
        var import = JsonSerializer.SerializeToUtf8Bytes(new
        {
            history = Enumerable.Range(0, arena.Scale.Of(500, 6000))
                .Select(_ => new { role = "user", parts = new[] { new { type = "text", text } } }),
        });
        var pages = 0;
        await AttackClient.RepeatAsync(
            arena.Scale.Of(2, 10),
            TimeSpan.FromSeconds(arena.Scale.Of(1, 20)),
            async (worker, cancelled) =>
            {
                if (worker % 5 == 0)
                {
                    await arena.Attacker.SendAsync(
                        arena.AttackerTokens[1 + (worker / 5)], HttpMethod.Post, "api/v1/chats", import, cancelled);
                }
                else
                {
                    pages += await ListAsync(arena, cancelled);
                }
            }, cancellationToken);
        arena.Tally.Add("pages of the list", pages);
    }

    /// <summary>Reads a list to its end, as far as it is served.</summary>
    private static async Task<int> ListAsync(Arena arena, CancellationToken cancellationToken)
    {
        var (cursor, pages) = ("", 0);
        while (true)
        {
            var (status, answer, _) = await arena.Http.SendAsync(
                arena.AttackerTokens[0],
                HttpMethod.Get,
                $"chats?archived=all&limit={Page}{cursor}",
                null,
                cancellationToken);
            if (status != 200
                || !answer.TryGetProperty("next_cursor", out var next)
                || next.ValueKind != JsonValueKind.String)
            {
                arena.Tally.Add(status == 200 ? "lists to their end" : $"pages refused with {status}");
                return pages;
            }

            (cursor, pages) = ($"&cursor={Uri.EscapeDataString(next.GetString()!)}", pages + 1);
        }
    }

    private static async Task MultiplyAsync(
        string database,
        string chat,
        int count,
        CancellationToken cancellationToken)
    {
        await using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        await connection.OpenAsync(cancellationToken);
        var columns = new List<string>();
        await using (var info = connection.CreateCommand())
        {
            info.CommandText = "SELECT name FROM pragma_table_info('chats') WHERE name <> 'id'";
            await using var reader = await info.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                columns.Add(reader.GetString(0));
            }
        }

        // The names are those of the table itself.
        var list = string.Join(", ", columns);
        await using var insert = connection.CreateCommand();
#pragma warning disable CA2100
        insert.CommandText =
            $"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $count) INSERT INTO chats (id, "
                + $"{list}) SELECT printf('%032x', i), {list} FROM chats, n WHERE id = $id";
#pragma warning restore CA2100
        insert.Parameters.AddWithValue("$count", count);
        insert.Parameters.AddWithValue("$id", chat);
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }
}
