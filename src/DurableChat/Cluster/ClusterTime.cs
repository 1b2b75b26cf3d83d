namespace DurableChat.Cluster;

/// <summary>
/// The time of day that all replicas share: the store's, if it has a clock. Stored times and decisions based on them
/// use this clock. Otherwise a replica whose clock is days ahead would delete a chat that was archived a moment ago.
/// Durations and timers use the process's clock. Thread-safe.
/// </summary>
internal sealed class ClusterTime(ClusterKeys keys, TimeProvider process) : TimeProvider
{
    /// <summary>The key of this clock among the services. Without a key they have the process's clock.</summary>
    public const string Key = "cluster";

    /// <inheritdoc/>
    public override long TimestampFrequency => process.TimestampFrequency;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => process.LocalTimeZone;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => keys.Now;

    /// <inheritdoc/>
    public override long GetTimestamp() => process.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        process.CreateTimer(callback, state, dueTime, period);

    /// <summary>Makes sure that the reading of the store's clock is recent, if the store has one.</summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    public Task ReadAsync(CancellationToken cancellationToken) => keys.ReadClockAsync(cancellationToken);
}
