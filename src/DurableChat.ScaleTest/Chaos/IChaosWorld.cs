using DurableChat.ScaleTest.Wire;

namespace DurableChat.ScaleTest.Chaos;

/// <summary>
/// The replicas that chaos is made with, reached as clients reach them. What gets no answer throws <see cref="HttpRequestException"/> or <see cref="IOException"/>. Thread-safe.
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

    /// <summary>Does a fault to a replica, or to what all have in common, and ends it again.</summary>
    Task InjectAsync(ChaosFault fault, int victim, CancellationToken cancellationToken);

    /// <summary>Histories that the model was given and that no provider would take, in words.</summary>
    Task<IReadOnlyList<string>> FindBadHistoriesAsync(CancellationToken cancellationToken);

    /// <summary>What the world's processes wrote last, and why one died if it did so by itself; empty if all is well.</summary>
    string? FindDeath();
}
