using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>What a failed model call means.</summary>
/// <param name="Error">What the owner is told: never a stack trace, a key or the provider's raw answer.</param>
/// <param name="RetryAfter">How long the provider asked to wait; null if it did not say.</param>
public sealed record ModelFailure(ChatError Error, TimeSpan? RetryAfter = null)
{
    /// <summary>After how many attempts a failure of this kind is final; null for the usual number.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>
    /// True if the provider refused what was replayed to it of earlier answers: signatures, encrypted reasoning, or ids. The same request
    /// without that may succeed.
    /// </summary>
    public bool IsReplayRefused { get; init; }

    /// <summary>True if the provider refused tools of any kind. The same request without them may succeed.</summary>
    public bool AreToolsRefused { get; init; }
}
