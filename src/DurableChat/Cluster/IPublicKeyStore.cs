namespace DurableChat.Cluster;

/// <summary>
/// Where replicas publish the public keys of what they sign, so that others of the cluster can check it. Nothing in
/// it is secret: who has a copy of the store can sign nothing. Thread-safe.
/// </summary>
public interface IPublicKeyStore
{
    /// <summary>Publishes a key, and removes those whose time is over.</summary>
    /// <param name="id">By which it is found; never used again for another key.</param>
    /// <param name="key">The public key.</param>
    /// <param name="lifetime">For how long it is found.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    Task PublishKeyAsync(string id, byte[] key, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>Finds a key; null if there is none, or its time is over.</summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    Task<PublishedKey?> FindKeyAsync(string id, CancellationToken cancellationToken);
}

/// <summary>A key that was published.</summary>
/// <param name="Key">The public key.</param>
/// <param name="Left">For how long it still counts, by the store's clock.</param>
public sealed record PublishedKey(ReadOnlyMemory<byte> Key, TimeSpan Left);
