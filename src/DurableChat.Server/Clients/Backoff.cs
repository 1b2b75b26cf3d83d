namespace DurableChat.Server.Clients;

/// <summary>How long to wait before something is tried again.</summary>
internal static class Backoff
{
    private static readonly TimeSpan _first = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(10);

    /// <summary>Doubles with each attempt from 0 on, with jitter, so that many clients do not come back in one moment; at least what the server asks for.</summary>
    public static TimeSpan Delay(int attempt, TimeSpan asked)
    {
        var ceiling = Math.Min(_longest.TotalMilliseconds, _first.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 16)));
        var drawn = TimeSpan.FromMilliseconds((ceiling / 2) + (Random.Shared.NextDouble() * ceiling / 2));
        return drawn > asked ? drawn : asked;
    }
}
