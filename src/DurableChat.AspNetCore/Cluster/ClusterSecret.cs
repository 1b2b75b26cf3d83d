using DurableChat.Relays;

namespace DurableChat.AspNetCore.Cluster;

/// <summary>What replicas of one cluster show each other.</summary>
internal sealed record ClusterSecret(string Value)
{
    /// <summary>The configured secret, or else the store's.</summary>
    /// <exception cref="InvalidOperationException">There is neither.</exception>
    public static ClusterSecret Find(RelayOptions options, IClusterIdentity? identity) => new(
        options.Secret
        ?? identity?.GetClusterSecretAsync(CancellationToken.None).GetAwaiter().GetResult()
        ?? throw new InvalidOperationException("Replicas need a secret that they share: this store keeps none, so set one in UseRelay."));

    /// <summary>Not the secret: records print what they hold.</summary>
    public override string ToString() => nameof(ClusterSecret);
}
