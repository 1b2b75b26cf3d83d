namespace DurableChat.Storage;

/// <summary>The sessions that were open at one moment.</summary>
/// <param name="IsOwnNew">
/// True if the session of the replica that looks was opened just now. Whatever closed it may have closed all others.
/// </param>
/// <param name="Replicas">The replicas whose sessions are open.</param>
public sealed record OpenSessions(bool IsOwnNew, IReadOnlyCollection<string> Replicas);
