using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>What a subscriber takes from a page that was read, be it for another.</summary>
public sealed class SubscriptionCatchUpTests
{
    private static readonly FeedOptions _noWindow = new() { WindowMessages = 0 };

    [Fact]
    public async Task A_place_that_the_history_never_had_is_found_out_by_the_read_and_gives_one_reset()
    {
        // After the edit the history is 1, 2, 5, 6.
        var stage = new Stage(_noWindow);
        stage.Publish(stage.Create(), stage.Finish(), stage.Send("m3"), stage.Finish(), stage.Edit("again", index: 1), stage.Finish());
        using var subscription = stage.Subscribe(new Position(2, 4, 0, 0));
        var screen = new Screen();
        await FollowAsync(stage, subscription, screen);
        Assert.Equal([1, 2, 5, 6], screen.Ids);
        Assert.Equal(
            ["status ", "history_reset 2.0.0.0", "message 2.1.0.0", "message 2.2.1.0", "message 2.5.0.0", "message 2.6.3.0"],
            screen.Log);
        Assert.Equal([ReadReason.Initial, ReadReason.Initial], stage.Store.Reads);
    }

    [Fact]
    public async Task A_page_that_begins_before_the_subscriber_serves_it_from_its_place_on()
    {
        var stage = new Stage(_noWindow);
        stage.Publish(stage.Create(), stage.Finish(), stage.Send("m3"), stage.Finish(), stage.Send("m5"));
        using var behind = stage.Subscribe(new Position(1, 1, 0, 0));
        using var ahead = stage.Subscribe(new Position(1, 3, 0, 0));
        Screen screenBehind = new(1), screenAhead = new(3);
        await NextAsync(behind, screenBehind);
        await NextAsync(ahead, screenAhead);
        var reading = new TaskCompletionSource();
        stage.Store.Before = _ => reading.Task;
        var both = Task.WhenAll(NextAsync(behind, screenBehind), NextAsync(ahead, screenAhead));
        reading.SetResult();
        await both;
        Assert.Equal([2, 3, 4, 5], screenBehind.Ids);
        Assert.Equal([4, 5], screenAhead.Ids);
        Assert.Single(stage.Store.Reads);
    }

    [Fact]
    public async Task A_page_that_begins_after_the_subscriber_fills_the_window_and_the_subscriber_goes_on_from_there()
    {
        // The window ends at 3; 4 and 5 were written elsewhere, and only the state came.
        var stage = new Stage();
        stage.Publish(stage.Create(), stage.Finish(), stage.Send("m3"));
        stage.Finish();
        stage.Send("m5");
        using var pin = stage.Registry.Pin(stage.Id);
        pin.Feed.CompleteLoad(stage.Store.State(stage.Id), pin.Feed.BeginLoad());
        using var subscription = stage.Subscribe(new Position(1, 1, 0, 0));
        var screen = new Screen(1);
        await FollowAsync(stage, subscription, screen);
        Assert.Equal([2, 3, 4, 5], screen.Ids);
        Assert.Equal(0, screen.Resets);
        Assert.Single(stage.Store.Reads);
    }

    [Fact]
    public void Subscribers_are_counted_until_they_go_and_each_goes_once()
    {
        using var meters = new CountingMeters();
        var stage = new Stage(meters: meters);
        var one = stage.Subscribe();
        using (stage.Subscribe())
        {
            Assert.Equal(2, meters.Sum("durablechat.subscriptions.active"));
        }

        Assert.Equal(1, meters.Sum("durablechat.subscriptions.active"));
        one.Dispose();
        one.Dispose();
        Assert.Equal(0, meters.Sum("durablechat.subscriptions.active"));
    }

    /// <summary>Follows up to the head, in so few steps that one who is reset time and again does not arrive.</summary>
    private static async Task FollowAsync(Stage stage, Subscription subscription, Screen screen)
    {
        var head = stage.Store.State(stage.Id).LastMessageId;
        for (var step = 0; step < 10 && screen.Ids.LastOrDefault() != head; step++)
        {
            await NextAsync(subscription, screen);
        }
    }

    private static async Task NextAsync(Subscription subscription, Screen screen)
    {
        var events = new List<StreamEvent>();
        Assert.True(await subscription.NextAsync(events, TestContext.Current.CancellationToken));
        screen.Show(events);
    }
}
