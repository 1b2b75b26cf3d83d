using System.Net.Http.Headers;

namespace DurableChat.Client.Calls;

/// <summary>How long to wait before another attempt. Pure.</summary>
internal static class Backoff
{
    /// <summary>The pause after a number of failures in a row: it doubles up to the longest, and varies between half and all of that, so that clients that were cut off together do not come back together.</summary>
    /// <param name="options">The bounds.</param>
    /// <param name="failures">How many, from 1.</param>
    /// <param name="retryAfter">What the server asked for: never come sooner.</param>
    /// <param name="chance">From 0 to 1.</param>
    public static TimeSpan Delay(DurableChatClientOptions options, int failures, TimeSpan? retryAfter, double chance)
    {
        var usual = options.FirstDelay * Math.Pow(2, Math.Min(failures - 1, 30));
        usual = (usual < options.MaxDelay ? usual : options.MaxDelay) * (0.5 + (chance / 2));
        return retryAfter is { } asked ? asked + (options.FirstDelay * chance) is var later && later > usual ? later : usual : usual;
    }

    /// <summary>What a <c>Retry-After</c> header asks for: seconds, or a date.</summary>
    public static TimeSpan? Read(RetryConditionHeaderValue? header, DateTimeOffset now) =>
        header?.Delta ?? (header?.Date is { } date ? date > now ? date - now : TimeSpan.Zero : null);
}
