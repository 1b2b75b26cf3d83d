using DurableChat.Server.Configuration;

namespace DurableChat.Server.Stores;

/// <summary>The store that the command line, or otherwise the configuration, selects.</summary>
/// <param name="PostgreSql">The connection string; null for SQLite.</param>
/// <param name="SqlitePath">The file for SQLite.</param>
internal sealed record StoreChoice(string? PostgreSql, string SqlitePath)
{
    private const string DefaultData = "durablechat.db";
    private const string SqlitePrefix = "sqlite:";

    /// <summary>Reads the choice.</summary>
    /// <param name="data">The file in the command line; null if there is none.</param>
    /// <param name="store">The store in the command line; null if there is none.</param>
    /// <param name="configuration">The configuration.</param>
    /// <exception cref="ConfigurationException">Both stores are configured.</exception>
    public static StoreChoice Read(string? data, string? store, IConfiguration configuration)
    {
        var settings = Settings.Read<StoreSettings>(configuration, "Store") ?? new StoreSettings();
        var given = store ?? data;
        var postgres = given is null ? settings.PostgreSql : IsPostgres(given) ? given : null;
        if (given is null && postgres is { Length: > 0 } && settings.Sqlite is { Length: > 0 })
        {
            throw new ConfigurationException("Store:PostgreSql and Store:Sqlite are both set: remove one of them.");
        }

        var path = given ?? settings.Sqlite ?? DefaultData;
        return new StoreChoice(
            postgres is { Length: > 0 } ? postgres : null,
            path.StartsWith(SqlitePrefix, StringComparison.OrdinalIgnoreCase) ? path[SqlitePrefix.Length..] : path);
    }

    /// <summary>True for a connection string or a URL; false for the path of a file.</summary>
    public static bool IsPostgres(string store) =>
        store.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)
        || store.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase)
        || store.Split(';').Any(part => part.TrimStart().StartsWith("Host=", StringComparison.OrdinalIgnoreCase) || part.TrimStart().StartsWith("Server=", StringComparison.OrdinalIgnoreCase));
}
