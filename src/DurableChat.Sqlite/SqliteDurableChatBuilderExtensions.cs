using DurableChat.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.Sqlite;

/// <summary>Stores chats in SQLite.</summary>
public static class SqliteDurableChatBuilderExtensions
{
    /// <summary>
    /// Stores chats in a SQLite file, for one process at a time. The file is opened, and created or brought up to date,
    /// when the host starts.
    /// </summary>
    /// <param name="builder">The builder that <c>AddDurableChat</c> returned.</param>
    /// <param name="path">The database file. The file and its folder are created if they do not exist.</param>
    /// <param name="configure">Changes further settings; null keeps the defaults.</param>
    /// <exception cref="InvalidOperationException">A store has already been chosen.</exception>
    public static DurableChatBuilder UseSqlite(
        this DurableChatBuilder builder,
        string path,
        Func<SqliteStoreOptions, SqliteStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var options = new SqliteStoreOptions(path);
        options = configure?.Invoke(options) ?? options;
        return builder.UseStore(provider => SqliteChatStore.Open(
            options, provider.GetRequiredService<StoreMetrics>(), provider.GetRequiredService<TimeProvider>()));
    }
}
