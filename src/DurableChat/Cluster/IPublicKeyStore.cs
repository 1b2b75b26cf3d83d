namespace DurableChat.Cluster;

/// <summary>
/// Where replicas publish the public keys of their signatures, so that other replicas can verify them. It holds no
/// secrets: a copy of the store cannot be used to sign. Thread-safe.
/// </summary>
public interface IPublicKeyStore
{
    /// <summary>Publishes a key and removes expired keys.</summary>
    /// <param name="id">The id of the key. Never reused for another key.</param>
    /// <param name="key">The public key.</param>
    /// <param name="lifetime">How long the key stays valid.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    Task PublishKeyAsync(string id, byte[] key, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>Finds a key. Null if there is none, or if it has expired.</summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    Task<PublishedKey?> FindKeyAsync(string id, CancellationToken cancellationToken);
}

/// <summary>A published key.</summary>
/// <param name="Key">The public key.</param>
/// <param name="Left">How long the key is still valid, by the store's clock.</param>
public sealed record PublishedKey(ReadOnlyMemory<byte> Key, TimeSpan Left);
