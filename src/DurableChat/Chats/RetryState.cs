namespace DurableChat.Chats;

/// <summary>An attempt has failed and the next one is due.</summary>
/// <param name="Attempt">The number of the attempt that failed, from 1.</param>
/// <param name="MaxAttempts">After how many attempts the turn fails.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="RetryAt">When the next attempt begins (UTC).</param>
public sealed record RetryState(int Attempt, int MaxAttempts, ChatError Error, DateTimeOffset RetryAt);
