namespace DurableChat.Client;

/// <summary>How a client calls and follows. Not to be changed once a client has it.</summary>
public sealed class DurableChatClientOptions
{
    /// <summary>Gives the token for each request; null where the server asks for none, or the <see cref="HttpClient"/> brings it itself. Called for many requests at once.</summary>
    public Func<CancellationToken, ValueTask<string?>>? GetToken { get; set; }

    /// <summary>How often a call is tried before its failure is thrown. At least 1; default 5. Writes carry an idempotency key, so that a repetition does nothing twice.</summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>For how long a call is tried again: no attempt begins later than this after the first began, and rather than wait longer its failure is thrown. Null, the default, for no limit.</summary>
    public TimeSpan? MaxRetryTime { get; set; }

    /// <summary>The pause after a first failure, before jitter; it doubles with each further one. Default 250 milliseconds.</summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest pause of the client's own; what a server asks for with <c>Retry-After</c> is waited for, however long. Default 30 seconds.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>For how long a stream may stay without a connection before its failure is thrown; null for ever, which is the default. <see cref="FollowOptions.MaxOutage"/> says otherwise for one stream.</summary>
    public TimeSpan? MaxOutage { get; set; }

    /// <summary>For how long a connection may bring nothing, not even a heartbeat, before it counts as dead. Default 45 seconds: three heartbeats.</summary>
    public TimeSpan MaxSilence { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
