namespace DurableChat.Chats;

/// <summary>What one generation cost, in tokens, as the provider counted.</summary>
/// <param name="InputTokens">Tokens of the history that was sent.</param>
/// <param name="OutputTokens">Tokens of the answer, reasoning included.</param>
public sealed record TokenUsage(long InputTokens, long OutputTokens);
