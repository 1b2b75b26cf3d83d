using BenchmarkDotNet.Attributes;
using DurableChat.Diagnostics;
using DurableChat.PostgreSql;
using DurableChat.Sqlite;
using DurableChat.Storage;

namespace DurableChat.Bench.Micro;

/// <summary>One commit after the other, each on the disk before the next.</summary>
public class CommitBenchmarks
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("durablechat-bench-");
    private MicroChat _chat = null!;
    private IChatStore _store = null!;

    /// <summary>Which store.</summary>
    [Params("SQLite", "PostgreSQL")]
    public string Store { get; set; } = string.Empty;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        var metrics = new StoreMetrics(null);
        _store = Store == "SQLite"
            ? SqliteChatStore.Open(
                new SqliteStoreOptions(Path.Combine(_folder.FullName, "chats.db")), metrics, TimeProvider.System)
            : PostgresChatStore.Open(
                new PostgresStoreOptions(DatabaseBenchmarks.ConnectionString), metrics, null, TimeProvider.System);
        _chat = new MicroChat(1);
        await _store.CommitAsync(_chat.Transitions[0], null, CancellationToken.None);
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await ((IAsyncDisposable)_store).DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Benchmark]
    public Task<CommitResult> Commit() => _store.CommitAsync(_chat.Append(), null, CancellationToken.None);
}
