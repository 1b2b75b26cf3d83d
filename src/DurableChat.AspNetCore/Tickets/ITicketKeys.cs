namespace DurableChat.AspNetCore.Tickets;

/// <summary>The keys that tickets are signed with, and those by which tickets of other replicas are checked.
/// Thread-safe.</summary>
internal interface ITicketKeys
{
    /// <summary>The key to sign with now.</summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    ValueTask<ITicketSigner> GetSignerAsync(CancellationToken cancellationToken);

    /// <summary>The key that a ticket names; null if there is none, or its time is over.</summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    ValueTask<ITicketVerifier?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>The same, of what is known without asking the store.</summary>
    ITicketVerifier? FindKnown(string id);
}

/// <summary>Checks signatures of one key. Thread-safe.</summary>
internal interface ITicketVerifier
{
    bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);
}

/// <summary>Signs with one key. Thread-safe.</summary>
internal interface ITicketSigner
{
    /// <summary>By which those who check find the key: letters and digits.</summary>
    string Id { get; }

    byte[] Sign(ReadOnlySpan<byte> data);
}
