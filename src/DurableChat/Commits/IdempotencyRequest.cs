using DurableChat.Chats;

namespace DurableChat.Commits;

/// <summary>A wish to do something once only, however often it is asked for.</summary>
/// <param name="Key">The client's key.</param>
/// <param name="Fingerprint">A hash of the request.</param>
/// <param name="Outcome">Writes what a repetition is answered with.</param>
public sealed record IdempotencyRequest(string Key, string Fingerprint, Func<Transition, string> Outcome);
