using DurableChat.Storage;

namespace DurableChat.Conformance;

/// <summary>What an implementation adds to run the suite: an empty store, and a clock that the store lives by.</summary>
public interface IStoreHarness : IAsyncDisposable
{
    /// <summary>The store under test, empty at first.</summary>
    IChatStore Chats { get; }

    /// <summary>The same store's other face.</summary>
    ILeaseStore Leases { get; }

    /// <summary>The time by the store's clock.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Makes time pass for the store: heartbeats and idempotency keys grow older.</summary>
    Task AdvanceAsync(TimeSpan time);
}
