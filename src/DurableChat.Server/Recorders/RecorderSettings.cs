namespace DurableChat.Server.Recorders;

/// <summary>The recorder, which holds the connections to model providers and outlives the server. See
/// deployment.md.</summary>
internal sealed class RecorderSettings
{
    /// <summary>
    /// Its address: <c>unix:/path/to/socket</c> or <c>http://127.0.0.1:9191</c>. <c>auto</c> starts one next to the
    /// server. Without it the server sends requests to providers directly.
    /// </summary>
    public string? Address { get; set; }

    /// <summary>
    /// The secret that the server and the recorder share, at least 32 characters. Not needed with <c>auto</c>.
    /// </summary>
    public string? Secret { get; set; }
}
