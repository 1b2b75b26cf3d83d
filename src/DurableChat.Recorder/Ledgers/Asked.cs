namespace DurableChat.Recorder.Ledgers;

/// <summary>The decision on a request.</summary>
internal enum Verdict
{
    /// <summary>It is the first of its kind, so the provider must be asked.</summary>
    Begin,

    /// <summary>The provider has already been asked, so its response is replayed.</summary>
    Attach,

    /// <summary>A later lease, call or step is known: the caller no longer holds the conversation.</summary>
    Stale,

    /// <summary>There are too many exchanges.</summary>
    Full,
}

/// <summary>The result of a request.</summary>
/// <typeparam name="T">What belongs to an entry outside the ledger.</typeparam>
/// <param name="Verdict">The decision.</param>
/// <param name="Entry">The exchange, with the caller as a reader; null if the request is refused.</param>
/// <param name="Dropped">Exchanges that the ledger has removed.</param>
/// <param name="Fenced">Exchanges whose readers may have to stop because a later lease has made a request.</param>
internal sealed record Asked<T>(
    Verdict Verdict, Entry<T>? Entry, IReadOnlyList<Entry<T>> Dropped, IReadOnlyList<Entry<T>> Fenced)
    where T : class;
