namespace DurableChat.Chats;

/// <summary>
/// Why a turn or one of its attempts failed. Safe to show to the owner: never a stack trace, a key or a provider's raw
/// response.
/// </summary>
/// <param name="Code">A stable code in snake_case, e.g. <c>model_rate_limited</c>.</param>
/// <param name="Message">A sentence for the user.</param>
/// <param name="Retryable">True if sending the same message later may work.</param>
public sealed record ChatError(string Code, string Message, bool Retryable)
{
    /// <summary>False if a required value is missing. JSON can omit values that a constructor requires.</summary>
    internal bool IsWhole => Code is not null && Message is not null;
}
