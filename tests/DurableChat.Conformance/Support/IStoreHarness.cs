using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Conformance;

/// <summary>
/// What an implementation adds to run the suite: an empty store, and a clock that the store lives by.
/// </summary>
public interface IStoreHarness : IAsyncDisposable
{
    /// <summary>The store under test, empty at first.</summary>
    IChatStore Chats { get; }

    /// <summary>The same store's other face.</summary>
    ILeaseStore Leases { get; }

    /// <summary>The same store's third face.</summary>
    IRetentionStore Retention { get; }

    /// <summary>The same store's fourth face.</summary>
    IUsageStore Usage { get; }

    /// <summary>The time by the store's clock.</summary>
    DateTimeOffset Now { get; }

    /// <summary>
    /// Counts the idempotency keys that a chat has in the database, those that have expired included.
    /// </summary>
    Task<long> CountKeysAsync(ChatId id);

    /// <summary>Counts the messages that a chat has in the database, those of a deleted one included.</summary>
    Task<long> CountMessagesAsync(ChatId id);

    /// <summary>
    /// Makes time pass for the store: heartbeats, idempotency keys and gravestones grow older, and so does the last
    /// round of retention.
    /// </summary>
    Task AdvanceAsync(TimeSpan time);
}
