using DurableChat.Cluster;
using DurableChat.Notifications;

namespace DurableChat.Tests.Support;

/// <summary>Seals of a cluster whose secret is known to the tests.</summary>
internal static class Seals
{
    public const string Secret = "the secret of a cluster of tests";

    /// <summary>The seal of one process. It has read its keys.</summary>
    public static NotificationSeal Of(TimeProvider time, params string[] secrets)
    {
        var seal = new NotificationSeal(new ClusterKeys(null, secrets is [] ? [Secret] : secrets, time));
        seal.ReadyAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return seal;
    }

    /// <summary>Seals news as another process that nobody has heard yet.</summary>
    public static string Seal(string content, TimeProvider time)
    {
        using var seal = Of(time);
        return seal.Seal(content, SealedKind.News);
    }

    /// <summary>What is in a frame; null if it does not open.</summary>
    public static string? Open(string payload)
    {
        using var seal = Of(TimeProvider.System);
        using var opened = seal.Open(payload, out _);
        return opened.Trust == SealTrust.None ? null : System.Text.Encoding.UTF8.GetString(opened.Content);
    }

    /// <summary>The identity of that cluster, for whole replicas.</summary>
    public sealed class Identity : IClusterIdentity
    {
        public Task<string> GetClusterNameAsync(CancellationToken cancellationToken) => Task.FromResult("tests");

        public Task<string> GetClusterSecretAsync(CancellationToken cancellationToken) => Task.FromResult(Secret);
    }
}
