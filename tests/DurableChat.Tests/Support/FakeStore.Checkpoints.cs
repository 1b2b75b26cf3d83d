using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Tests.Support;

/// <content>Parts of answers in flight.</content>
internal sealed partial class FakeStore
{
    private readonly SortedDictionary<(string Chat, long Generation, long FirstSeq), string> _checkpoints = [];

    /// <summary>How many rows each write of checkpoints had.</summary>
    public List<int> CheckpointWrites { get; } = [];

    /// <summary>All rows of checkpoints.</summary>
    public int CheckpointRows
    {
        get
        {
            lock (_gate)
            {
                return _checkpoints.Count;
            }
        }
    }

    public Task<int> WriteCheckpointsAsync(IReadOnlyList<CheckpointRow> rows, CancellationToken cancellationToken) =>
        CallAsync("checkpoint", () =>
        {
            CheckpointWrites.Add(rows.Count);
            var taken = rows.Where(row => _chats.TryGetValue(row.Chat, out var found) && found.Chat.Lease?.Token == row.Token).ToList();
            taken.ForEach(row => _checkpoints[(row.Chat.Value, row.Generation, row.FirstSeq)] = row.Body);
            return taken.Count;
        });

    public Task<IReadOnlyList<string>> ReadCheckpointAsync(ChatId id, long generation, CancellationToken cancellationToken) =>
        CallAsync<IReadOnlyList<string>>("read_checkpoint", () =>
            [.. _checkpoints.Where(row => row.Key.Chat == id.Value && row.Key.Generation == generation).Select(row => row.Value)]);

    private void RemoveCheckpoints(ChatId id)
    {
        foreach (var key in _checkpoints.Keys.Where(key => key.Chat == id.Value).ToList())
        {
            _checkpoints.Remove(key);
        }
    }
}
