namespace DurableChat.AspNetCore.Tickets;

/// <summary>The keys that sign this replica's tickets and verify those of other replicas. Thread-safe.</summary>
internal interface ITicketKeys
{
    /// <summary>The key that signs at present.</summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    ValueTask<ITicketSigner> GetSignerAsync(CancellationToken cancellationToken);

    /// <summary>The key that a ticket names; null if there is no such key or it has expired.</summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    ValueTask<ITicketVerifier?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>The same, but only from memory.</summary>
    ITicketVerifier? FindKnown(string id);
}

/// <summary>Verifies signatures of one key. Thread-safe.</summary>
internal interface ITicketVerifier
{
    bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);
}

/// <summary>Signs with one key. Thread-safe.</summary>
internal interface ITicketSigner
{
    /// <summary>The id by which verifiers find the key: letters and digits.</summary>
    string Id { get; }

    byte[] Sign(ReadOnlySpan<byte> data);
}
