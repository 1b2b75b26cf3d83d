using DurableChat.Chats;
using DurableChat.Storage;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <content>Parts of answers in flight.</content>
public sealed partial class PostgresChatStore : ICheckpointStore
{
    /// <inheritdoc/>
    public Task<int> WriteCheckpointsAsync(IReadOnlyList<CheckpointRow> rows, CancellationToken cancellationToken) =>
        _session.RunAsync(
            "checkpoint",
            command =>
            {
                command.CommandText = PostgresStatements.WriteCheckpoints;
                Add(command, rows.Select(row => row.Chat.Value));
                Add(command, rows.Select(row => row.Token));
                Add(command, rows.Select(row => row.Generation));
                Add(command, rows.Select(row => row.FirstSeq));
                Add(command, rows.Select(row => row.Body));
            },
            (command, ct) => command.ExecuteNonQueryAsync(ct),
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ReadCheckpointAsync(
        ChatId id, long generation, CancellationToken cancellationToken) =>
        _session.RunAsync(
            "checkpoint",
            command =>
            {
                Prepare(command, PostgresStatements.ReadCheckpoint, id.Value);
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = generation });
            },
            async (command, ct) =>
            {
                var bodies = new List<string>();
                await using var row = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
                while (await row.ReadAsync(ct).ConfigureAwait(false))
                {
                    bodies.Add(row.GetString(0));
                }

                return (IReadOnlyList<string>)bodies;
            },
            cancellationToken);

    private static void Add<T>(NpgsqlCommand command, IEnumerable<T> values) =>
        command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. values] });
}
