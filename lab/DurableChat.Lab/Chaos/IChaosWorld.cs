using DurableChat.ScaleTest.Mock;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.Lab.Chaos;

/// <summary>
/// The replicas that chaos is made with, reached as clients reach them. What gets no answer throws
/// <see cref="HttpRequestException"/> or <see cref="IOException"/>. Thread-safe.
/// </summary>
internal interface IChaosWorld : IAsyncDisposable
{
    /// <summary>The clock of this world.</summary>
    TimeProvider Time { get; }

    /// <summary>Brings a command to a replica, once.</summary>
    Task<ActionReply> ActAsync(int replica, ChaosAction action, string? key, CancellationToken cancellationToken);

    /// <summary>Opens a stream at a replica.</summary>
    Task<IWireStream> FollowAsync(int replica, string chat, string? position, CancellationToken cancellationToken);

    /// <summary>Reads a chat's state at a replica.</summary>
    Task<ChatView> ReadAsync(int replica, string chat, CancellationToken cancellationToken);

    /// <summary>Reads a chat's whole history at a replica.</summary>
    Task<IReadOnlyList<WireMessage>> ReadHistoryAsync(int replica, string chat, CancellationToken cancellationToken);

    /// <summary>How long things may take here.</summary>
    RunLimits Limits { get; }

    /// <summary>True if all replicas that took part count usage.</summary>
    bool IsUsageCounted { get; }

    /// <summary>Does a fault to a replica, or to what all have in common, and ends it again.</summary>
    Task InjectAsync(PlannedFault fault, CancellationToken cancellationToken);

    /// <summary>True if a fault can keep one replica from the database for longer than its leases live.</summary>
    bool Isolates(ChaosFault fault);

    /// <summary>
    /// The answers of the model and the runs of tools, with times in seconds after <paramref name="origin"/>.
    /// </summary>
    Task<IReadOnlyList<WorkRecord>> ReadWorkAsync(DateTimeOffset origin, CancellationToken cancellationToken);

    /// <summary>What the owner of all chats has spent, over all days and models.</summary>
    Task<Cost> ReadOwnerUsageAsync(int replica, CancellationToken cancellationToken);

    /// <summary>Histories that the model was given and that no provider would take, in words.</summary>
    Task<IReadOnlyList<string>> FindBadHistoriesAsync(CancellationToken cancellationToken);

    /// <summary>
    /// What the world's processes wrote last, and why one died if it did so by itself; empty if all is well.
    /// </summary>
    string? FindDeath();
}
