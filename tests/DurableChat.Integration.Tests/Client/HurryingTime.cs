using Microsoft.Extensions.Time.Testing;

namespace DurableChat.Integration.Tests.Client;

/// <summary>A clock that stands still, except that a pause is over as soon as it begins. Limits, which are longer than any pause, are not reached by themselves.</summary>
internal sealed class HurryingTime(TimeSpan longestPause) : FakeTimeProvider
{
    public TimeSpan Elapsed => GetUtcNow() - Start;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime <= longestPause)
        {
            ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        }

        return timer;
    }
}
