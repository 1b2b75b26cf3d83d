namespace DurableChat.Models;

/// <summary>Decides whether and when a failed model call is retried. Pure.</summary>
public static class RetryPolicy
{
    /// <summary>How long to wait before the next attempt. Null to give up.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="attempt">The number of the failed attempt, from 1.</param>
    /// <param name="maxAttempts">The number of attempts after which to give up.</param>
    /// <param name="failure">Why the attempt failed.</param>
    /// <param name="random">A number from 0 (inclusive) to 1 (exclusive).</param>
    public static TimeSpan? NextDelay(
        RetryOptions options,
        int attempt,
        int maxAttempts,
        ModelFailure failure,
        double random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(failure);
        if (!failure.Error.Retryable || attempt >= Math.Min(maxAttempts, failure.MaxAttempts ?? maxAttempts))
        {
            return null;
        }

        if (failure.RetryAfter is { } asked)
        {
            return asked < options.MaxRetryAfter ? asked : options.MaxRetryAfter;
        }

        var delay = options.FirstDelay.TotalSeconds * Math.Pow(2, Math.Min(attempt - 1, 30));
        var spread = 1 + (options.Jitter * ((2 * random) - 1));
        return TimeSpan.FromSeconds(Math.Min(delay, options.MaxDelay.TotalSeconds) * spread);
    }
}
