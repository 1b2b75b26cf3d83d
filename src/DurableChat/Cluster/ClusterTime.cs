namespace DurableChat.Cluster;

/// <summary>
/// The time of day that all replicas share, which is the store's as far as there is one. What is stored, and what is
/// decided by it, goes by this clock: a replica whose own is days ahead would delete what
/// another has just put away. Durations and timers are those of the process. Thread-safe.
/// </summary>
internal sealed class ClusterTime(ClusterKeys keys, TimeProvider process) : TimeProvider
{
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

    /// <summary>Makes sure that the store's clock was read a moment ago, where there is one.</summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    public Task ReadAsync(CancellationToken cancellationToken) => keys.ReadClockAsync(cancellationToken);
}
