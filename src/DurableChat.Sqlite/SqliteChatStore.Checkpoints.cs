using System.Text.Encodings.Web;
using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Sqlite;

/// <content>Parts of answers in flight.</content>
public sealed partial class SqliteChatStore : ICheckpointStore
{
    private static readonly JsonSerializerOptions _rowJson = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <inheritdoc/>
    public Task<int> WriteCheckpointsAsync(IReadOnlyList<CheckpointRow> rows, CancellationToken cancellationToken)
    {
        // Serialised here, on the caller's thread, to keep load off the one writer thread.
        var json = JsonSerializer.Serialize(
            rows.Select(row => (object[])[row.Chat.Value, row.Token, row.Generation, row.FirstSeq, row.Body]),
            _rowJson);
        var now = SqliteRows.ToMicroseconds(_time.GetUtcNow());
        return _writer.RunAsync(
            session => session.Execute("checkpoint", SqliteStatements.WriteCheckpoints, ("$rows", json), ("$now", now)),
            json.Length,
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ReadCheckpointAsync(
        ChatId id, long generation, CancellationToken cancellationToken) =>
        _readers.RunAsync<IReadOnlyList<string>>(
            session =>
            {
                var bodies = new List<string>();
                using var row = session.Query(
                    "checkpoint", SqliteStatements.ReadCheckpoint, ("$id", id.Value), ("$generation", generation));
                while (row.Read())
                {
                    bodies.Add(row.GetString(0));
                }

                return bodies;
            },
            cancellationToken);
}
