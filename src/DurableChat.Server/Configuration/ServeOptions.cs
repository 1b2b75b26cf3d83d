namespace DurableChat.Server.Configuration;

/// <summary>The options of the serve command.</summary>
/// <param name="Urls">Where to listen. Null uses the configuration or the default.</param>
/// <param name="Data">The SQLite file. Null uses the configuration or the default.</param>
/// <param name="Store">
/// A PostgreSQL connection string or a SQLite file. Null uses the configuration or the default.
/// </param>
/// <param name="DurableWindow">How many messages a window holds. Null uses the configuration or the default.</param>
internal sealed record ServeOptions(string? Urls, string? Data, string? Store, int? DurableWindow)
{
    /// <summary>The recorder's address, or <c>auto</c>. Null uses the configuration, or no recorder.</summary>
    public string? Recorder { get; init; }
}
