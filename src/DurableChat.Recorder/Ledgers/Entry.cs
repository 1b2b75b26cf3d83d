namespace DurableChat.Recorder.Ledgers;

/// <summary>
/// One exchange as the ledger sees it, guarded by what guards the ledger.
/// <code>
///   running, read ◀──▶ running, unread ── OrphanTime ─▶ dropped
///        │                   │
///        └── the provider ends, or breaks off ──▶ ended ── KeepTime, forgotten, a later step ─▶ dropped
/// </code>
/// </summary>
/// <typeparam name="T">What belongs to it outside the ledger.</typeparam>
internal sealed class Entry<T>
    where T : class
{
    /// <summary>The conversation.</summary>
    public required string Chat { get; init; }

    /// <summary>The hash of the request.</summary>
    public required string Hash { get; init; }

    /// <summary>What belongs to it outside the ledger. Set once, right after the exchange began.</summary>
    public T? Value { get; set; }

    /// <summary>The newest call that requested it.</summary>
    public long Generation { get; internal set; }

    /// <summary>The newest lease that made a request in the conversation.</summary>
    public Fence Fence { get; internal set; }

    /// <summary>The number of its readers.</summary>
    public int Readers { get; internal set; }

    /// <summary>When it began.</summary>
    public TimeSpan BegunAt { get; internal set; }

    /// <summary>Since when it has had no reader; null while it has one.</summary>
    public TimeSpan? UnreadSince { get; internal set; }

    /// <summary>When the provider's response ended; null while it runs.</summary>
    public TimeSpan? EndedAt { get; internal set; }

    /// <summary>True if the response is unsuccessful or broke off. It is then not replayed to a later call.</summary>
    public bool HasFailed { get; internal set; }

    /// <summary>True once the ledger has removed it.</summary>
    public bool IsDropped { get; internal set; }

    /// <summary>Removes a reader.</summary>
    public void Leave(TimeSpan now)
    {
        Readers--;
        UnreadSince = Readers == 0 ? now : null;
    }

    /// <summary>Records that the provider's response has ended.</summary>
    public void End(bool hasFailed, TimeSpan now) => (EndedAt, HasFailed) = (now, hasFailed);
}
