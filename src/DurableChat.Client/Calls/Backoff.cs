using System.Net.Http.Headers;

namespace DurableChat.Client.Calls;

/// <summary>How long to wait before another attempt. Pure.</summary>
internal static class Backoff
{
    /// <summary>
    /// The pause after consecutive failures. It doubles up to the maximum, and varies randomly between half and all of
    /// that, so that disconnected clients do not all return at the same time.
    /// </summary>
    /// <param name="options">The bounds.</param>
    /// <param name="failures">The number of failures, from 1.</param>
    /// <param name="retryAfter">The minimum pause that the server asked for.</param>
    /// <param name="chance">A random number from 0 to 1.</param>
    public static TimeSpan Delay(DurableChatClientOptions options, int failures, TimeSpan? retryAfter, double chance)
    {
        var usual = options.FirstDelay * Math.Pow(2, Math.Min(failures - 1, 30));
        usual = (usual < options.MaxDelay ? usual : options.MaxDelay) * (0.5 + (chance / 2));
        return retryAfter is { } asked ? asked + (options.FirstDelay * chance) is var later
            && later > usual ? later : usual : usual;
    }

    /// <summary>Reads a <c>Retry-After</c> header: seconds or a date.</summary>
    public static TimeSpan? Read(RetryConditionHeaderValue? header, DateTimeOffset now) =>
        header?.Delta ?? (header?.Date is { } date ? date > now ? date - now : TimeSpan.Zero : null);
}
