namespace DurableChat.Server;

/// <summary>The configuration section <c>Cluster</c>: how replicas reach each other.</summary>
internal sealed class ClusterSettings
{
    /// <summary>Where this replica listens for the others, over HTTP/2. The default suits replicas on one machine.</summary>
    public string Url { get; set; } = "http://127.0.0.1:0";

    /// <summary>At which URL the others reach it; left out, where it listens.</summary>
    public Uri? Address { get; set; }

    /// <summary>What replicas show each other and seal notifications with, at least 32 characters; left out, the one
    /// that the database keeps.</summary>
    public string? Secret { get; set; }

    /// <summary>The secret that <see cref="Secret"/> takes the place of, while some replicas have only that.</summary>
    public string? PreviousSecret { get; set; }
}
