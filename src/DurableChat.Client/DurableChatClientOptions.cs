namespace DurableChat.Client;

/// <summary>Options of a client. Do not change them once a client uses them.</summary>
public sealed class DurableChatClientOptions
{
    /// <summary>
    /// Returns the token for each request. Null if the server requires none, or if the <see cref="HttpClient"/> adds
    /// it. Called concurrently.
    /// </summary>
    public Func<CancellationToken, ValueTask<string?>>? GetToken { get; set; }

    /// <summary>
    /// How many attempts a call gets before its failure is thrown. At least 1. Default 5. Writes carry an idempotency
    /// key, so a retry does nothing twice.
    /// </summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>
    /// How long a call is retried. No attempt starts later than this after the first one. If the next attempt would
    /// start later, the failure is thrown immediately. Null means no limit. Default null.
    /// </summary>
    public TimeSpan? MaxRetryTime { get; set; }

    /// <summary>
    /// The pause after the first failure, before jitter. It doubles with each further failure. Default 250
    /// milliseconds.
    /// </summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The longest pause that the client chooses. A longer <c>Retry-After</c> of the server is always respected.
    /// Default 30 seconds.
    /// </summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a stream may be without a connection before its failure is thrown. Null means no limit.
    /// <see cref="FollowOptions.MaxOutage"/> overrides it for one stream. Default null.
    /// </summary>
    public TimeSpan? MaxOutage { get; set; }

    /// <summary>
    /// How long a connection may receive nothing, not even a heartbeat, before it counts as broken. Default 45 seconds:
    /// three heartbeats.
    /// </summary>
    public TimeSpan MaxSilence { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
