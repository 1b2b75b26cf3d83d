using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Systematic.Tests;

/// <summary>Subscribers while messages are committed, published late or out of turn, edited, and evicted. The screens check G1 at every event.</summary>
public sealed class SubscriptionSchedules
{
    [Theory]
    [InlineData(256)]
    [InlineData(1)]
    [InlineData(0)]
    public void Every_subscriber_ends_with_the_whole_history(int window) => Explore.Schedules(async () =>
    {
        var stage = Begin(new FeedOptions { WindowMessages = window });
        var head = 4L;
        void Write()
        {
            stage.Publish(stage.Finish());
            var sent = stage.Send("m3");
            var finished = stage.Finish("answer 2");
            stage.Publish(finished);
            stage.Publish(sent);
        }

        var followers = new[] { FollowAsync(stage, 0, head), FollowAsync(stage, 1, head) };
        await Task.WhenAll([.. followers, Task.Run(Write), Task.Run(() => Evict(stage))]);
        foreach (var follower in followers)
        {
            Assert.Equal(head, (await follower).Ids[^1]);
        }
    }, iterations: 300);

    [Fact]
    public void An_edit_reaches_everyone_however_it_falls() => Explore.Schedules(async () =>
    {
        var stage = Begin(new FeedOptions());
        stage.Publish(stage.Finish());
        void Write()
        {
            var edited = stage.Edit("another m1");
            var finished = stage.Finish("another answer");
            stage.Publish(edited, finished);
        }

        // The history goes from [1, 2] to [3, 4].
        var followers = new[] { FollowAsync(stage, 0, head: 4), FollowAsync(stage, 2, head: 4) };
        await Task.WhenAll([.. followers, Task.Run(Write), Task.Run(() => Evict(stage))]);
        foreach (var follower in followers)
        {
            Assert.Equal([3, 4], (await follower).Ids);
            Assert.Equal("waiting", (await follower).Status);
        }
    }, iterations: 300);

    [Fact]
    public void A_doubt_about_a_commit_delays_delivery_and_nothing_else() => Explore.Schedules(async () =>
    {
        var stage = Begin(new FeedOptions());
        void Write()
        {
            // Committed, but the outcome was not known: nothing is published, the feed is only told that it may be behind.
            stage.Finish();
            using var pin = stage.Registry.Pin(stage.Id);
            pin.Feed.MarkUnsynced();
        }

        var follower = FollowAsync(stage, 0, head: 2);
        await Task.WhenAll(follower, Task.Run(Write));
        Assert.Equal([1, 2], (await follower).Ids);
    }, iterations: 300);

    private static Stage Begin(FeedOptions options)
    {
        var stage = new Stage(options);
        stage.Store.Before = async _ => await Task.Yield();
        stage.Store.After = async _ => await Task.Yield();
        var created = ChatRules.Decide(new CreateChat(stage.Id, "owner", "m1", "demo") { ClaimBy = "a" }, stage.Context);
        stage.Publish(stage.Commit(created));
        return stage;
    }

    private static void Evict(Stage stage)
    {
        using var pin = stage.Registry.Pin(stage.Id);
        pin.Feed.TryEvict();
    }

    private static async Task<Screen> FollowAsync(Stage stage, long messageId, long head)
    {
        await Task.Yield();
        var screen = new Screen(messageId);
        using var subscription = stage.Subscribe(messageId == 0 ? Position.Start : new Position(1, messageId, 0, 0));
        var events = new List<StreamEvent>();
        while (screen.Ids is not [.., var last] || last != head || screen.Status != "waiting")
        {
            await subscription.NextAsync(events, CancellationToken.None);
            screen.Show(events);
        }

        return screen;
    }
}
