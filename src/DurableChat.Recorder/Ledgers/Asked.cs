namespace DurableChat.Recorder.Ledgers;

/// <summary>What becomes of a request.</summary>
internal enum Verdict
{
    /// <summary>It is the first of its kind: the provider has to be asked.</summary>
    Begin,

    /// <summary>The provider was asked already: the answer is replayed.</summary>
    Attach,

    /// <summary>A later lease, call or step is known: the caller has lost the conversation.</summary>
    Stale,

    /// <summary>There are too many exchanges.</summary>
    Full,
}

/// <summary>What a request has led to.</summary>
/// <typeparam name="T">What belongs to an entry outside the ledger.</typeparam>
/// <param name="Verdict">What becomes of it.</param>
/// <param name="Entry">The exchange, with the caller as a reader; null if the request is refused.</param>
/// <param name="Dropped">Exchanges that the ledger has let go of.</param>
/// <param name="Fenced">Exchanges whose readers may have to leave: a later lease has asked.</param>
internal sealed record Asked<T>(
    Verdict Verdict, Entry<T>? Entry, IReadOnlyList<Entry<T>> Dropped, IReadOnlyList<Entry<T>> Fenced)
    where T : class;
