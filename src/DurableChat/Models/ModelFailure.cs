using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>What a failed model call means.</summary>
/// <param name="Error">What the owner is told: never a stack trace, a key or the provider's raw answer.</param>
/// <param name="RetryAfter">How long the provider asked to wait; null if it did not say.</param>
public sealed record ModelFailure(ChatError Error, TimeSpan? RetryAfter = null);
