namespace DurableChat.Lab.Faults;

/// <summary>
/// A clock that is wrong by a fixed time, for tests of clusters whose clocks differ. Durations are right.
/// </summary>
internal sealed class OffsetTimeProvider(TimeSpan offset) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + offset;
}
