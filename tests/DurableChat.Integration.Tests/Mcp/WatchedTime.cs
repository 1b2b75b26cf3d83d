using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace DurableChat.Integration.Tests.Mcp;

/// <summary>A clock that stands still until it is advanced, and knows what waits for it.</summary>
internal sealed class WatchedTime : FakeTimeProvider
{
    private readonly ConcurrentDictionary<WatchedTimer, TimeSpan> _waits = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new WatchedTimer(base.CreateTimer(callback, state, dueTime, period), _waits);
        _waits[timer] = dueTime;
        return timer;
    }

    /// <summary>
    /// Waits until a wait of this length has begun and none is shorter, and lets it end. The pauses are real but tiny:
    /// they only let the other threads run.
    /// </summary>
    public async Task PassAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        while (_waits.IsEmpty || _waits.Values.Min() != wait)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), System, cancellationToken);
        }

        Advance(wait);
    }

    private sealed class WatchedTimer(ITimer timer, ConcurrentDictionary<WatchedTimer, TimeSpan> waits) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            waits.TryRemove(this, out _);
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
