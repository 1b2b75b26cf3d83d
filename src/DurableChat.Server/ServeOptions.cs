namespace DurableChat.Server;

/// <summary>What the command line says about serving.</summary>
/// <param name="Urls">Where to listen; null for the configuration's or the default.</param>
/// <param name="Data">The SQLite file; null for the configuration's or the default.</param>
/// <param name="Store">A connection string for PostgreSQL, or a SQLite file; null for the configuration's or the default.</param>
/// <param name="DurableWindow">How many messages a window holds; null for the configuration's or the default.</param>
internal sealed record ServeOptions(string? Urls, string? Data, string? Store, int? DurableWindow)
{
    /// <summary>The recorder: its address, or <c>auto</c>; null for the configuration's or none.</summary>
    public string? Recorder { get; init; }
}
