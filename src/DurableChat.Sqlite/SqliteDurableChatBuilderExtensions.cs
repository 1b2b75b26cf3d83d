using DurableChat.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.Sqlite;

/// <summary>Keeps chats in SQLite.</summary>
public static class SqliteDurableChatBuilderExtensions
{
    /// <summary>Keeps chats in a SQLite file, for one process at a time. It is opened, and made or brought up to date, when the host starts.</summary>
    /// <param name="builder">What <c>AddDurableChat</c> gave back.</param>
    /// <param name="path">The database file; it and its folder are made if missing.</param>
    /// <param name="configure">Changes further settings; null leaves them.</param>
    /// <exception cref="InvalidOperationException">There is a store already.</exception>
    public static DurableChatBuilder UseSqlite(this DurableChatBuilder builder, string path, Func<SqliteStoreOptions, SqliteStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var options = new SqliteStoreOptions(path);
        options = configure?.Invoke(options) ?? options;
        return builder.UseStore(provider => SqliteChatStore.Open(options, provider.GetRequiredService<StoreMetrics>(), provider.GetRequiredService<TimeProvider>()));
    }
}
