using DurableChat.Chats;

namespace DurableChat.Commits;

/// <summary>Makes a command run only once, even if it is requested several times.</summary>
/// <param name="Key">The client's key.</param>
/// <param name="Fingerprint">A hash of the request.</param>
/// <param name="Outcome">Writes the answer to a repeated request.</param>
public sealed record IdempotencyRequest(string Key, string Fingerprint, Func<Transition, string> Outcome);
