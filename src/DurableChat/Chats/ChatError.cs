namespace DurableChat.Chats;

/// <summary>Why a turn, or one attempt at it, failed: fit to be shown to the owner. Never a stack trace, a key or a provider's raw answer.</summary>
/// <param name="Code">A stable word in snake_case, e.g. <c>model_rate_limited</c>.</param>
/// <param name="Message">A sentence for a person.</param>
/// <param name="Retryable">True if sending the same again later may work.</param>
public sealed record ChatError(string Code, string Message, bool Retryable)
{
    /// <summary>True if nothing is missing: JSON may leave out what a constructor demands.</summary>
    internal bool IsWhole => Code is not null && Message is not null;
}
