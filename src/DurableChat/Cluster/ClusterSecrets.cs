namespace DurableChat.Cluster;

/// <summary>The secrets of a cluster at one moment.</summary>
/// <param name="InUse">
/// The secrets, newest first. Replicas encrypt and authenticate with the first, and accept all.
/// </param>
/// <param name="Now">The time by the store's clock. Null if the store has no clock that all replicas share.</param>
public sealed record ClusterSecrets(IReadOnlyList<string> InUse, DateTimeOffset? Now)
{
    /// <summary>Hides the secrets, because records print their contents.</summary>
    public override string ToString() => nameof(ClusterSecrets);
}
