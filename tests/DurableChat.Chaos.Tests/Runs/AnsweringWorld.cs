using DurableChat.Lab.Chaos;
using DurableChat.ScaleTest.Mock;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.Chaos.Tests.Runs;

/// <summary>A world whose first answers to commands are given statuses, without anything being done.</summary>
internal sealed class AnsweringWorld(IChaosWorld inner, IReadOnlyList<int> statuses) : IChaosWorld
{
    private int _answers;

    public TimeProvider Time => inner.Time;

    public RunLimits Limits => inner.Limits;

    public bool IsUsageCounted => inner.IsUsageCounted;

    public Task<ActionReply> ActAsync(int replica, ChaosAction action, string? key, CancellationToken cancellationToken)
    {
        var answer = Interlocked.Increment(ref _answers) - 1;
        return answer < statuses.Count
            ? Task.FromResult(new ActionReply(statuses[answer], "", 0, 0, 0, null))
            : inner.ActAsync(replica, action, key, cancellationToken);
    }

    public Task<IWireStream> FollowAsync(int replica, string chat, string? position, CancellationToken cancellationToken) =>
        inner.FollowAsync(replica, chat, position, cancellationToken);

    public Task<ChatView> ReadAsync(int replica, string chat, CancellationToken cancellationToken) =>
        inner.ReadAsync(replica, chat, cancellationToken);

    public Task<IReadOnlyList<WireMessage>> ReadHistoryAsync(int replica, string chat, CancellationToken cancellationToken) =>
        inner.ReadHistoryAsync(replica, chat, cancellationToken);

    public Task InjectAsync(PlannedFault fault, CancellationToken cancellationToken) => inner.InjectAsync(fault, cancellationToken);

    public bool Isolates(ChaosFault fault) => inner.Isolates(fault);

    public Task<IReadOnlyList<WorkRecord>> ReadWorkAsync(DateTimeOffset origin, CancellationToken cancellationToken) =>
        inner.ReadWorkAsync(origin, cancellationToken);

    public Task<Cost> ReadOwnerUsageAsync(int replica, CancellationToken cancellationToken) =>
        inner.ReadOwnerUsageAsync(replica, cancellationToken);

    public Task<IReadOnlyList<string>> FindBadHistoriesAsync(CancellationToken cancellationToken) =>
        inner.FindBadHistoriesAsync(cancellationToken);

    public string? FindDeath() => inner.FindDeath();

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
