using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>Why a model call failed.</summary>
/// <param name="Error">The error for the owner: never a stack trace, a key or the provider's raw response.</param>
/// <param name="RetryAfter">How long the provider asked to wait. Null if it did not say.</param>
public sealed record ModelFailure(ChatError Error, TimeSpan? RetryAfter = null)
{
    /// <summary>
    /// The number of attempts after which a failure of this kind is final. Null for the usual number.
    /// </summary>
    public int? MaxAttempts { get; init; }

    /// <summary>
    /// True if the provider refused the replay of earlier answers: signatures, encrypted reasoning or ids. The same
    /// request without the replay may succeed.
    /// </summary>
    public bool IsReplayRefused { get; init; }

    /// <summary>True if the provider refuses all tools. The same request without tools may succeed.</summary>
    public bool AreToolsRefused { get; init; }
}
