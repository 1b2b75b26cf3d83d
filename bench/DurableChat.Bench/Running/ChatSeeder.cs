using DurableChat.Bench.Targets;
using DurableChat.Bench.Wire;
using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.PostgreSql;

namespace DurableChat.Bench.Running;

/// <summary>Puts chats with a history into a database, past the servers.</summary>
internal sealed class ChatSeeder(string connectionString) : IAsyncDisposable
{
    private const int PerCommit = 1000;
    private readonly PostgresChatStore _store = PostgresChatStore.Open(
        new PostgresStoreOptions(connectionString), new StoreMetrics(null), null, TimeProvider.System);

    /// <summary>Makes a chat that waits, with so many messages of 1 KB, questions and answers by turns.</summary>
    public async Task CreateAsync(int chat, int messages, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        var next = new Chat
        {
            Id = OursTarget.IdOf(chat),
            Owner = "local",
            Title = "bench",
            Model = "mock",
            Status = ChatStatus.Waiting,
            Version = 0,
            Epoch = 1,
            CreatedAt = now,
            UpdatedAt = now,
        };
        while (next.LastMessageId < messages)
        {
            var last = Math.Min(messages, next.LastMessageId + PerCommit);
            var appended = new List<Message>();
            for (var id = next.LastMessageId + 1; id <= last; id++)
            {
                var message = EventText.Message(id, EventText.Unmarked, now);
                appended.Add(id % 2 == 1 ? message : message with
                {
                    Role = MessageRole.Assistant,
                    Generation = id / 2,
                    Model = "mock",
                    FinishReason = FinishReason.Stop,
                });
            }

            next = next with
            {
                Version = next.Version + 1,
                CommitId = Guid.CreateVersion7(),
                Ancestors = next.Version == 0 ? [] : [next.CommitId],
                LastMessageId = last,
                LastAssignedId = last,
                Generation = last / 2,
            };
            await _store.CommitAsync(new Transition { Next = next, Appended = appended }, null, cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
