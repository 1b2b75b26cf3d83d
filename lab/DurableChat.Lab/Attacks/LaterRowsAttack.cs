using System.Text.Json;
using DurableChat.Lab.Running;
using Microsoft.Data.Sqlite;

namespace DurableChat.Lab.Attacks;

/// <summary>Rows that a later version has written, with values that this one does not know.</summary>
internal sealed class LaterRowsAttack : Attack
{
    public override string Name => "later rows";

    public override string Bound => "unknown values are shown as unknown, and fail no page of others";

    public override bool IsLoad => false;

    public override async Task RunAsync(Arena arena, CancellationToken cancellationToken)
    {
        var token = arena.AttackerTokens[0];
        var chats = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            var chat = await arena.CreateChatAsync(token, new { content = "hello" }, cancellationToken)
                ?? throw new InvalidOperationException("A chat was refused.");
            await arena.WaitForAsync(token, chat, status => status == "waiting", cancellationToken);
            chats.Add(chat);
        }

        await arena.Servers[0].StopAsync();
        await ChangeAsync(arena, "UPDATE chats SET status = 'dreaming' WHERE id = $id", chats[0], cancellationToken);
        await ChangeAsync(
            arena,
            "UPDATE messages SET role = 'moderator' WHERE chat_id = $id AND id = 1",
            chats[1],
            cancellationToken);
        await ChangeAsync(
            arena,
            """UPDATE messages SET body = replace(body, '"stop"', '"vanished"') WHERE chat_id = $id""",
            chats[2],
            cancellationToken);
        await arena.Servers[0].StartAsync(cancellationToken);

        var (status, list, _) = await arena.Http.SendAsync(token, HttpMethod.Get, "chats", null, cancellationToken);
        arena.Expect(
            status == 200 && list.GetProperty("chats").GetArrayLength() == chats.Count, "The list is not whole.");
        foreach (var chat in chats)
        {
            arena.Expect(
                await ReadAsync(arena, token, $"chats/{chat}", cancellationToken) is not null,
                "A chat cannot be read.");
            arena.Expect(await ReadAsync(arena, token, $"chats/{chat}/messages", cancellationToken) is { } page
                && page.GetProperty("messages").GetArrayLength() == 2, "A history is not whole.");
        }

        arena.Expect((await ReadAsync(arena, token, $"chats/{chats[0]}", cancellationToken))?.GetProperty(
            "status").GetString() == "unknown", "An unknown status is not shown as such.");
        var written = await arena.Attacker.SendAsync(
            token,
            HttpMethod.Post,
            $"api/v1/chats/{chats[0]}/messages",
            JsonSerializer.SerializeToUtf8Bytes(new { content = "hello" }),
            cancellationToken);
        arena.Expect(written is >= 400 and < 500, "A chat in an unknown state was changed.");
        arena.Expect(await arena.Attacker.SendAsync(
            token,
            HttpMethod.Delete,
            $"api/v1/chats/{chats[0]}",
            null,
            cancellationToken) == 204, "A chat in an unknown state cannot be deleted.");
    }

    private static async Task<JsonElement?> ReadAsync(
        Arena arena,
        string token,
        string path,
        CancellationToken cancellationToken)
    {
        var (status, answer, _) = await arena.Http.SendAsync(token, HttpMethod.Get, path, null, cancellationToken);
        arena.Tally.Add(status == 200 ? "read" : $"read refused with {status}");
        return status == 200 ? answer : null;
    }

    private static async Task ChangeAsync(Arena arena, string sql, string chat, CancellationToken cancellationToken)
    {
        await using var connection = new SqliteConnection($"Data Source={arena.Database};Pooling=False");
        await connection.OpenAsync(cancellationToken);
        await using var update = connection.CreateCommand();
#pragma warning disable CA2100 // All statements are constants above.
        update.CommandText = sql;
#pragma warning restore CA2100
        update.Parameters.AddWithValue("$id", chat);
        arena.Expect(
            await update.ExecuteNonQueryAsync(cancellationToken) > 0, "A row that was to be changed is not there.");
    }
}
