namespace DurableChat.Cluster;

/// <summary>The secrets of a cluster at one moment.</summary>
/// <param name="InUse">The newest first. Replicas show and seal with the first, and accept all.</param>
/// <param name="Now">The time by the store's clock; null if the store has none that all replicas share.</param>
public sealed record ClusterSecrets(IReadOnlyList<string> InUse, DateTimeOffset? Now)
{
    /// <summary>Not the secrets: records print what they hold.</summary>
    public override string ToString() => nameof(ClusterSecrets);
}
