using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using DurableChat.Workers;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DurableChat.Tests.Workers;

/// <summary>How soon a replica takes over from one that has died, at default settings and by a fake clock.</summary>
public sealed class QuickTakeoverTests
{
    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(100);
    private readonly TimedLeases _store = new();

    [Fact]
    public async Task A_killed_replica_is_taken_over_from_within_three_seconds()
    {
        var (node, reconciler, id) = await BeginAsync();
        await AliveAsync(node, reconciler, TimeSpan.FromSeconds(5), otherLives: true);
        Assert.Equal("other", _store.State(id).Lease!.Replica);
        _store.Open.Remove("other");
        await AliveAsync(node, reconciler, TimeSpan.FromSeconds(2.9), otherLives: false);
        Assert.Equal("own", _store.State(id).Lease!.Replica);
    }

    [Fact]
    public async Task A_replica_that_was_paused_takes_no_chat_from_one_that_lives()
    {
        var (node, reconciler, id) = await BeginAsync();
        await AliveAsync(node, reconciler, TimeSpan.FromSeconds(5), otherLives: true);

        // While it was paused, the database was away, and the other one has not come back yet.
        _store.Open.Remove("other");
        node.Time.Advance(TimeSpan.FromSeconds(6));
        await AliveAsync(node, reconciler, TimeSpan.FromSeconds(2.9), otherLives: false);
        Assert.Equal("other", _store.State(id).Lease!.Replica);
        await AliveAsync(node, reconciler, TimeSpan.FromSeconds(10), otherLives: true);
        Assert.Equal("other", _store.State(id).Lease!.Replica);
    }

    [Fact]
    public async Task A_replica_whose_session_broke_but_whose_heart_beats_keeps_its_chats()
    {
        var (node, reconciler, id) = await BeginAsync();
        await AliveAsync(node, reconciler, TimeSpan.FromSeconds(5), otherLives: true);
        _store.Open.Remove("other");
        await AliveAsync(node, reconciler, TimeSpan.FromSeconds(20), otherLives: true);
        Assert.Equal("other", _store.State(id).Lease!.Replica);
    }

    private async Task<(Node Node, Reconciler Reconciler, ChatId Id)> BeginAsync()
    {
        var other = new Node(_store.Store, new PacedModel("one"), "other");
        var id = await other.CreateAsync();
        var node = new Node(_store.Store, new PacedModel("one"), "own");
        _store.Time = node.Time;
        _store.Open.UnionWith(["own", "other"]);
        var takeover = new LeaseTakeover(_store, node.Committer, node.Worker, node.Options, new WorkerMetrics(null), node.Time, NullLogger<LeaseTakeover>.Instance);
        return (node, new Reconciler(_store, takeover, node.Worker, node.Pulse, node.Options, new WorkerMetrics(null), node.Time, NullLogger<Reconciler>.Instance, _store), id);
    }

    /// <summary>Lets time pass in which the replica acts as its loops would.</summary>
    private async Task AliveAsync(Node node, Reconciler reconciler, TimeSpan time, bool otherLives)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += _step)
        {
            if (passed.Ticks % node.Options.HeartbeatInterval.Ticks == 0)
            {
                await _store.HeartbeatAsync("own", null, default, CancellationToken.None);
                await (otherLives ? _store.HeartbeatAsync("other", null, default, CancellationToken.None) : Task.CompletedTask);
                await reconciler.LookAtSessionsAsync(CancellationToken.None);
                await reconciler.TakeOverAsync(CancellationToken.None);
            }

            node.Time.Advance(_step);
        }
    }

    /// <summary>A store whose heartbeats have an age.</summary>
    private sealed class TimedLeases : ILeaseStore, IReplicaSessions
    {
        private readonly Dictionary<string, DateTimeOffset> _beats = [];

        public FakeStore Store { get; } = new();

        public TimeProvider Time { get; set; } = TimeProvider.System;

        public HashSet<string> Open { get; } = [];

        public Chat State(ChatId id) => Store.State(id);

        public Task<OpenSessions> LookAsync(string replica, CancellationToken cancellationToken) =>
            Task.FromResult(new OpenSessions(IsOwnNew: false, [.. Open]));

        public Task HeartbeatAsync(string replica, string? address, TimeSpan leaseDuration, CancellationToken cancellationToken)
        {
            _beats[replica] = Time.GetUtcNow();
            return Task.CompletedTask;
        }

        public async Task<IReadOnlyList<ClaimableChat>> FindClaimableAsync(ClaimQuery query, CancellationToken cancellationToken)
        {
            var all = await Store.FindClaimableAsync(query, cancellationToken);
            return [.. all.Where(chat => Store.State(chat.Id).Lease is not { } lease || Age(lease.Replica) > query.LeaseDuration
                || (query.Suspects.Contains(lease.Replica) && Age(lease.Replica) > query.SuspectAfter))];
        }

        public Task<string?> FindAddressAsync(string replica, CancellationToken cancellationToken) => Store.FindAddressAsync(replica, cancellationToken);

        public Task RetireAsync(string replica, CancellationToken cancellationToken) => Store.RetireAsync(replica, cancellationToken);

        public Task<IReadOnlyList<ReplicaInfo>> ListReplicasAsync(int limit, CancellationToken cancellationToken) => Store.ListReplicasAsync(limit, cancellationToken);

        public Task<IReadOnlyList<HeldLease>> ListLeasesAsync(string replica, CancellationToken cancellationToken) => Store.ListLeasesAsync(replica, cancellationToken);

        private TimeSpan Age(string replica) => Time.GetUtcNow() - _beats.GetValueOrDefault(replica);
    }
}
