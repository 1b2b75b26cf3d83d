using BenchmarkDotNet.Attributes;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.PostgreSql;
using DurableChat.Storage;

namespace DurableChat.Bench.Micro;

/// <summary>The same from PostgreSQL: what a subscriber costs whose messages are not in memory.</summary>
public class DatabaseBenchmarks
{
    private PostgresChatStore _store = null!;
    private MicroChat _chat = null!;
    private CatchUpReader _reader = null!;
    private FeedLook _behind;

    /// <summary>Where PostgreSQL is.</summary>
    public static string ConnectionString { get; set; } = string.Empty;

    /// <summary>How many messages it lacks.</summary>
    [Params(1, 50)]
    public int Events { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _store = PostgresChatStore.Open(
            new PostgresStoreOptions(ConnectionString), new StoreMetrics(null), null, TimeProvider.System);
        _chat = new MicroChat(256);
        foreach (var transition in _chat.Transitions)
        {
            await _store.CommitAsync(transition, null, CancellationToken.None);
        }

        _reader = new CatchUpReader(_store, new FeedOptions(), TimeProvider.System);
        _behind = new FeedLook(FeedLookKind.Miss, CatchUp: new CatchUpKey(1, _chat.Head - Events), Reason: ReadReason.CatchUp);
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _store.DisposeAsync();

    [Benchmark]
    public async Task<int> CatchUp() => (await _reader.ReadAsync(_chat.Feed, _behind, CancellationToken.None))!.Events.Count;
}
