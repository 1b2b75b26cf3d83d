namespace DurableChat.Cluster;

/// <summary>
/// What all replicas of one cluster share, kept in their store: the name of the cluster, and the secret by which
/// replicas authenticate each other. All replicas get the same values. Thread-safe.
/// </summary>
public interface IClusterIdentity
{
    /// <summary>The name of the cluster. It is not secret.</summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    Task<string> GetClusterNameAsync(CancellationToken cancellationToken);

    /// <summary>The secret that replicas currently share. Anyone who can read the store can read it.</summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    Task<string> GetClusterSecretAsync(CancellationToken cancellationToken);

    /// <summary>
    /// All secrets in use, and the store's clock. The default implementation returns the one secret and no clock.
    /// </summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    async Task<ClusterSecrets> GetClusterSecretsAsync(CancellationToken cancellationToken) =>
        new([await GetClusterSecretAsync(cancellationToken).ConfigureAwait(false)], null);

    /// <summary>
    /// Creates a new secret. The previous secret stays valid for a while, so that replicas that have not read the new
    /// one can still communicate.
    /// </summary>
    /// <param name="overlap">How long the previous secret stays valid.</param>
    /// <param name="cancellationToken">Ends the wait. The secret may be created nevertheless.</param>
    /// <exception cref="NotSupportedException">The store does not support rotation.</exception>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    Task RotateClusterSecretAsync(TimeSpan overlap, CancellationToken cancellationToken) =>
        throw new NotSupportedException("This store cannot change the cluster's secret.");
}
