namespace DurableChat.Server.Recorders;

/// <summary>The recorder, which holds the connections to model providers and outlives the server. See
/// deployment.md.</summary>
internal sealed class RecorderSettings
{
    /// <summary>
    /// Where it is: <c>unix:/path/to/socket</c> or <c>http://127.0.0.1:9191</c>; <c>auto</c> starts one beside the
    /// server. Without it the server asks providers itself.
    /// </summary>
    public string? Address { get; set; }

    /// <summary>What the server shows it, at least 32 characters. Not needed with <c>auto</c>.</summary>
    public string? Secret { get; set; }
}
