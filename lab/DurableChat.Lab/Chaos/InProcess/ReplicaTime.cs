namespace DurableChat.Lab.Chaos.InProcess;

/// <summary>
/// A clock that runs faster than the system's, and whose timers reach the replica only while it has power. Thread-safe.
/// </summary>
internal sealed class ReplicaTime(ReplicaPower power, DateTimeOffset began, long beganAt, int factor) : TimeProvider
{
    public override long TimestampFrequency => System.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => began + (System.GetElapsedTime(beganAt) * factor);

    public override long GetTimestamp() => beganAt + ((System.GetTimestamp() - beganAt) * factor);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new PoweredTimer(power, () => callback(state), factor, dueTime, period);

    private sealed class PoweredTimer : ITimer
    {
        private readonly int _factor;
        private readonly ITimer _timer;

        public PoweredTimer(ReplicaPower power, Action callback, int factor, TimeSpan dueTime, TimeSpan period)
        {
            _factor = factor;
            _timer = System.CreateTimer(
                _ =>
                {
                    if (power.Killed.IsCancellationRequested)
                    {
                        // Else the system would keep the dead replica in memory for the sake of its timers.
                        _timer?.Dispose();
                        return;
                    }

                    power.Run(callback);
                },
                null,
                Scale(dueTime),
                Scale(period));
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => _timer.Change(Scale(dueTime), Scale(period));

        public void Dispose() => _timer.Dispose();

        public ValueTask DisposeAsync() => _timer.DisposeAsync();

        private TimeSpan Scale(TimeSpan time) => time > TimeSpan.Zero ? time / _factor : time;
    }
}
