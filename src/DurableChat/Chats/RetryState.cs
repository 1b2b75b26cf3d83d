namespace DurableChat.Chats;

/// <summary>An attempt has failed and the next one is due.</summary>
/// <param name="Attempt">Which attempt of its model failed, from 1.</param>
/// <param name="MaxAttempts">After how many attempts of one model the turn fails, or another model answers.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="RetryAt">When the next attempt begins (UTC), for people. Clocks may be set back or differ, so nobody waits longer than the delay.</param>
/// <param name="Delay">How long to wait at most; null if a version of the program that did not know it wrote the state.</param>
public sealed record RetryState(int Attempt, int MaxAttempts, ChatError Error, DateTimeOffset RetryAt, TimeSpan? Delay = null)
{
    /// <summary>The model that answers from the next attempt on; null for the same as before.</summary>
    public string? Model { get; init; }
}
