namespace DurableChat.Relays;

/// <summary>
/// What all replicas of one cluster share, kept by their store: how they are told from other clusters, and how they know each other. The same for every replica at all times. Thread-safe.
/// </summary>
public interface IClusterIdentity
{
    /// <summary>A name; no secret.</summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    Task<string> GetClusterNameAsync(CancellationToken cancellationToken);

    /// <summary>A secret that replicas show each other.</summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    Task<string> GetClusterSecretAsync(CancellationToken cancellationToken);
}
