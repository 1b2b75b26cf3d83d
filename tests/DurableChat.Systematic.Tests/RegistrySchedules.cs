using DurableChat.Feeds;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Systematic.Tests;

public sealed class RegistrySchedules
{
    [Fact]
    public void A_chat_never_has_two_feeds_and_none_vanishes_while_it_is_held() => Explore.Schedules(async () =>
    {
        var stage = new Stage(new FeedOptions { IdleTime = TimeSpan.Zero });
        Feed? held = null;
        var gate = new object();
        void Hold()
        {
            using var pin = stage.Registry.Pin(stage.Id);
            lock (gate)
            {
                Assert.True(held is null || ReferenceEquals(held, pin.Feed), "Two feeds of one chat are held at once.");
                held = pin.Feed;
            }

            using var again = stage.Registry.Pin(stage.Id);
            Assert.Same(pin.Feed, again.Feed);
            lock (gate)
            {
                held = null;
            }
        }

        void HoldTwice()
        {
            Hold();
            Hold();
        }

        await Task.WhenAll(Task.Run(HoldTwice), Task.Run(stage.Registry.RemoveIdle), Task.Run(stage.Registry.RemoveIdle));
        stage.Registry.RemoveIdle();
        Assert.Equal(0, stage.Registry.Count);
        Assert.Equal(0, stage.Registry.Bytes);
    });

    [Fact]
    public void What_is_published_while_feeds_are_removed_reaches_the_subscriber() => Explore.Schedules(async () =>
    {
        var stage = new Stage(new FeedOptions { IdleTime = TimeSpan.Zero });
        var created = stage.Create();
        async Task FollowAsync()
        {
            var screen = new Screen();
            using var subscription = stage.Subscribe();
            var events = new List<StreamEvent>();
            while (screen.Ids.Count < 2)
            {
                await subscription.NextAsync(events, CancellationToken.None);
                screen.Show(events);
            }
        }

        void Write()
        {
            stage.Publish(created);
            stage.Publish(stage.Finish());
        }

        await Task.WhenAll(Task.Run(FollowAsync), Task.Run(Write), Task.Run(stage.Registry.RemoveIdle));
    });
}
