namespace DurableChat.Chats;

/// <summary>An attempt failed and will be retried.</summary>
/// <param name="Attempt">The number of the failed attempt of its model, from 1.</param>
/// <param name="MaxAttempts">
/// How many attempts each model gets before the turn fails or a fallback model answers.
/// </param>
/// <param name="Error">Why the attempt failed.</param>
/// <param name="RetryAt">
/// When the next attempt starts (UTC), for display. Clocks can differ or be set back, so no wait is longer than the
/// delay.
/// </param>
/// <param name="Delay">The maximum wait. Null if a version of the program without this field wrote the state.</param>
public sealed record RetryState(
    int Attempt,
    int MaxAttempts,
    ChatError Error,
    DateTimeOffset RetryAt,
    TimeSpan? Delay = null)
{
    /// <summary>The model that answers from the next attempt. Null for the same model.</summary>
    public string? Model { get; init; }
}
