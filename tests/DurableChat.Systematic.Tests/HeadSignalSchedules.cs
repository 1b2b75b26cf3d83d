using DurableChat.Feeds;
using Xunit;

namespace DurableChat.Systematic.Tests;

public sealed class HeadSignalSchedules
{
    [Fact]
    public void No_wake_up_is_lost_between_the_look_and_the_wait() => Explore.Schedules(async () =>
    {
        var signal = new HeadSignal();
        var gate = new object();
        var head = 0;
        async Task FollowAsync()
        {
            while (true)
            {
                var revision = signal.Revision;
                lock (gate)
                {
                    if (head == 2)
                    {
                        return;
                    }
                }

                await signal.WaitAsync(revision, CancellationToken.None);
            }
        }

        void Publish()
        {
            lock (gate)
            {
                head++;
            }

            signal.Raise();
        }

        await Task.WhenAll(Task.Run(FollowAsync), Task.Run(FollowAsync), Task.Run(Publish), Task.Run(Publish));
    });
}
