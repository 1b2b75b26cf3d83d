namespace DurableChat.Server.Stores;

/// <summary>The configuration section <c>Cluster</c>: how replicas reach each other.</summary>
internal sealed class ClusterSettings
{
    /// <summary>
    /// The address where this replica listens for the others, over HTTP/2. The default suits replicas on one machine.
    /// </summary>
    public string Url { get; set; } = "http://127.0.0.1:0";

    /// <summary>The URL at which the others reach this replica. Defaults to the address where it listens.</summary>
    public Uri? Address { get; set; }

    /// <summary>
    /// The secret that replicas authenticate with and encrypt notifications with, at least 32 characters. Defaults to
    /// the secret that the database keeps.
    /// </summary>
    public string? Secret { get; set; }

    /// <summary>The secret that <see cref="Secret"/> replaces, while some replicas have only the old one.</summary>
    public string? PreviousSecret { get; set; }
}
