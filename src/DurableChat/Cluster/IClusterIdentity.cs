namespace DurableChat.Cluster;

/// <summary>
/// What all replicas of one cluster share, kept by their store: how they are told from other clusters, and how they
/// know each other. The same for every replica at all times. Thread-safe.
/// </summary>
public interface IClusterIdentity
{
    /// <summary>A name; no secret.</summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    Task<string> GetClusterNameAsync(CancellationToken cancellationToken);

    /// <summary>The secret that replicas share now. Everybody who can read the store has it.</summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    Task<string> GetClusterSecretAsync(CancellationToken cancellationToken);

    /// <summary>All secrets that are in use, and the store's clock. By default the one secret, and no clock.</summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    async Task<ClusterSecrets> GetClusterSecretsAsync(CancellationToken cancellationToken) =>
        new([await GetClusterSecretAsync(cancellationToken).ConfigureAwait(false)], null);

    /// <summary>Makes a new secret. The one before stays in use for a while, so that replicas that have not read the
    /// new one are still understood.</summary>
    /// <param name="overlap">For how long.</param>
    /// <param name="cancellationToken">Ends the wait; the secret may be made nevertheless.</param>
    /// <exception cref="NotSupportedException">The store cannot do that.</exception>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    Task RotateClusterSecretAsync(TimeSpan overlap, CancellationToken cancellationToken) =>
        throw new NotSupportedException("This store cannot change the cluster's secret.");
}
