using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.PostgreSql;
using DurableChat.Storage;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DurableChat.Cluster.Tests.Postgres;

/// <summary>What the store does to the database, as its metrics tell it.</summary>
public sealed class PostgresMetricsTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _sums = new();
    private readonly ConcurrentBag<double> _waits = [];
    private string _database = "";

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _sums.AddOrUpdate(Key(instrument, tags), value, (_, sum) => sum + value));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => _sums[Key(instrument, tags)] = value);
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) =>
        {
            if (instrument.Name == "durablechat.store.pool.wait")
            {
                _waits.Add(value);
            }
        });
        _listener.Start();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Every_commit_and_every_read_is_one_statement()
    {
        await using var store = Open(5);
        var chat = await store.CommitAsync(Given.New("question"));
        var spent = new Spending("demo", new TokenUsage(1, 2));
        chat = await store.CommitAsync(Given.Answer(chat, "answer") with { Spent = spent });
        var send = Given.Decide(chat, new SendMessage("once") { ClaimBy = "replica" });
        Assert.IsType<CommitResult.Committed>(await store.CommitAsync(send, new IdempotencyRecord("key", "f", "o", chat.CreatedAt), CancellationToken.None));
        Assert.IsType<CommitResult.Conflict>(await store.CommitAsync(Given.Decide(chat, new UpdateChat(Title: "late")), null, CancellationToken.None));
        Assert.Equal((4, 3, 1), (Statements("commit"), Read("durablechat.store.commits committed"), Read("durablechat.store.commits conflict")));

        await store.LoadAsync(chat.Id, CancellationToken.None);
        await store.ReadMessagesAsync(chat.Id, MessageQuery.After(0, 10, ReadReason.History), CancellationToken.None);
        await store.ListAsync("owner", new ChatListQuery(10), CancellationToken.None);
        await store.ReadUsageAsync("owner", DateOnly.MinValue, DateOnly.MaxValue, CancellationToken.None);
        await store.FindChangedAsync([new(chat.Id, 1), new(ChatId.Create(chat.CreatedAt), 1)], CancellationToken.None);
        await store.FindIdempotencyRecordAsync(chat.Id, "key", CancellationToken.None);
        await store.HeartbeatAsync("replica", null, TimeSpan.FromSeconds(20), CancellationToken.None);
        await store.FindClaimableAsync(new ClaimQuery("asker", TimeSpan.FromSeconds(10), 10), CancellationToken.None);
        Assert.All((string[])["load", "read_messages", "list", "usage", "sync", "idempotency", "heartbeat", "claimable"], operation => Assert.Equal(1, Statements(operation)));
    }

    [Fact]
    public async Task The_pool_tells_its_size_its_use_and_how_long_one_waits_for_it()
    {
        await using var store = Open(2);
        var chat = await store.CommitAsync(Given.New());
        Task<CommitResult>[] commits;
        await using (var holder = await RowHolder.HoldAsync(_database, "SELECT FROM chats FOR UPDATE"))
        {
            Task<CommitResult> CommitAsync(int i) => store.CommitAsync(Given.Decide(chat, new SendMessage($"{i}")), null, CancellationToken.None);
            var first = CommitAsync(0);
            await holder.WaitUntilWaitedForAsync(1);
            commits = [first, CommitAsync(1), CommitAsync(2)];
            Assert.Equal((2, 1, 1), (Pool("max"), Pool("in_use"), Pool("peak")));
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        await Task.WhenAll(commits);
        Assert.Equal((2, 0, 1), (Pool("max"), Pool("in_use"), Pool("peak")));
        Assert.Contains(_waits, seconds => seconds > 0.05);
    }

    private PostgresChatStore Open(int connections)
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        return PostgresChatStore.Open(new PostgresStoreOptions(_database) { MaxConnections = connections }, new StoreMetrics(meters), meters, TimeProvider.System);
    }

    private double Statements(string operation) => Read($"durablechat.store.statements {operation}");

    private double Pool(string what)
    {
        _listener.RecordObservableInstruments();
        return Read($"durablechat.store.pool.{what}");
    }

    private double Read(string key) => _sums.GetValueOrDefault(key);

    private static string Key(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) => $"{instrument.Name} {(tags.IsEmpty ? "" : tags[0].Value)}".TrimEnd();
}
