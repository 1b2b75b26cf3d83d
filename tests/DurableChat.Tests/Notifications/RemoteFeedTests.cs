using CsCheck;
using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Notifications;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Notifications;

/// <summary>A feed whose chat another replica writes to.</summary>
public sealed class RemoteFeedTests
{
    [Fact]
    public async Task What_comes_inline_needs_no_read()
    {
        var stage = new Stage();
        var created = stage.Create();
        stage.Publish(created);
        var screen = new Screen();
        using var subscription = stage.Subscribe();
        await FollowAsync(subscription, screen, 1);
        Deliver(stage, stage.Finish());
        Deliver(stage, stage.Send("again"));
        await FollowAsync(subscription, screen, 3);
        Assert.Empty(stage.Store.Reads);
        Assert.Equal(0, stage.Store.Loads);
    }

    [Fact]
    public async Task A_state_that_was_loaded_before_its_notification_came_waits_for_the_messages_a_moment()
    {
        var stage = new Stage(replica: "b");
        stage.Publish(stage.Create());
        var screen = new Screen();
        using var subscription = stage.Subscribe();
        await FollowAsync(subscription, screen, 1);
        var finished = stage.Finish();
        using var pin = stage.Registry.Pin(stage.Id);
        pin.Feed.CompleteLoad(stage.Store.State(stage.Id), pin.Feed.BeginLoad());
        var following = FollowAsync(subscription, screen, 2);
        Deliver(stage, finished);
        await following;
        Assert.Empty(stage.Store.Reads);
    }

    [Fact]
    public async Task What_does_not_come_in_that_moment_is_read()
    {
        var stage = new Stage(replica: "b");
        stage.Publish(stage.Create());
        var screen = new Screen();
        using var subscription = stage.Subscribe();
        await FollowAsync(subscription, screen, 1);
        stage.Finish();
        using var pin = stage.Registry.Pin(stage.Id);
        pin.Feed.CompleteLoad(stage.Store.State(stage.Id), pin.Feed.BeginLoad());
        var following = FollowAsync(subscription, screen, 2);
        await Eventually.AdvanceUntilAsync(stage.Time, following, TimeSpan.FromMilliseconds(10));
        Assert.Equal([ReadReason.RemoteCatchUp], stage.Store.Reads);
    }

    [Fact]
    public async Task A_hole_is_read_and_not_skipped()
    {
        var stage = new Stage();
        stage.Publish(stage.Create());
        var screen = new Screen();
        using var subscription = stage.Subscribe();
        await FollowAsync(subscription, screen, 1);
        stage.Finish();
        Deliver(stage, stage.Send("after the hole"));
        await FollowAsync(subscription, screen, 3);
        Assert.Equal([ReadReason.RemoteCatchUp], stage.Store.Reads);
    }

    [Fact]
    public async Task Twenty_subscribers_of_messages_that_did_not_come_inline_cause_one_read()
    {
        var stage = new Stage();
        stage.Publish(stage.Create());
        var subscriptions = Enumerable.Range(0, 20).Select(_ => (Subscription: stage.Subscribe(), Screen: new Screen())).ToList();
        foreach (var (subscription, screen) in subscriptions)
        {
            await FollowAsync(subscription, screen, 1);
        }

        var reading = new TaskCompletionSource();
        stage.Store.Before = call => call == "read" ? reading.Task : Task.CompletedTask;
        Deliver(stage, stage.Finish(new string('x', 10_000)));
        var following = subscriptions.Select(pair => FollowAsync(pair.Subscription, pair.Screen, 2)).ToList();
        reading.SetResult();
        await Task.WhenAll(following);
        Assert.Equal([ReadReason.RemoteCatchUp], stage.Store.Reads);
        subscriptions.ForEach(pair => pair.Subscription.Dispose());
    }

    [Fact]
    public async Task A_turn_that_passed_between_two_notifications_still_shows_its_status()
    {
        var stage = new Stage();
        stage.Publish(stage.Create());
        Deliver(stage, stage.Finish());
        var screen = new Screen();
        using var subscription = stage.Subscribe();
        await FollowAsync(subscription, screen, 2);
        var seen = screen.StatusVersion;
        stage.Send("lost");
        Deliver(stage, stage.Finish());
        await FollowAsync(subscription, screen, () => screen.Ids.Count == 4 && screen.StatusVersion > seen);
        Assert.Equal("waiting", screen.Status);
    }

    [Fact]
    public void A_waiting_that_comes_late_does_not_end_the_turn_behind_it()
    {
        var stage = new Stage();
        stage.Publish(stage.Create());
        var finished = stage.Finish();
        Deliver(stage, stage.Send("again"));
        Deliver(stage, finished);
        using var pin = stage.Registry.Pin(stage.Id);
        Assert.Equal((ChatStatus.Running, 3L), (pin.Feed.TryGetChat()!.Status, pin.Feed.TryGetChat()!.Version));
    }

    [Fact]
    public async Task An_edit_whose_only_notification_was_lost_is_seen_in_the_next()
    {
        var stage = new Stage();
        stage.Publish(stage.Create(), stage.Finish());
        var screen = new Screen();
        using var subscription = stage.Subscribe();
        await FollowAsync(subscription, screen, 2);

        // What the screen shows is the beginning of the new history too, so only the epoch tells.
        stage.Send("m3");
        stage.Edit("another m3", index: 1);
        Deliver(stage, stage.Finish("another answer"));
        await FollowAsync(subscription, screen, () => screen.Ids is [1, 2, 4, 5]);
        Assert.Equal(1, screen.Resets);
    }

    [Fact]
    public async Task An_edit_leaves_nothing_of_the_old_history_in_the_window()
    {
        var stage = new Stage();
        stage.Publish(stage.Create(), stage.Finish(), stage.Send("m3"), stage.Finish());
        Deliver(stage, stage.Edit("another m3", index: 1));
        var screen = new Screen(2);
        using var subscription = stage.Subscribe(new Position(2, 2, 0, 0));
        await FollowAsync(subscription, screen, () => screen.Ids is [5]);
        Assert.Equal(0, screen.Resets);
    }

    [Fact]
    public async Task A_page_from_a_later_version_than_the_state_puts_the_feed_in_doubt()
    {
        var stage = new Stage(new FeedOptions { WindowMessages = 0 });
        stage.Publish(stage.Create());

        // Nobody tells the feed of the edit. Without a doubt its readers would ask for a page of the old epoch again
        // and again.
        stage.Edit("another m1");
        var screen = new Screen();
        using var subscription = stage.Subscribe();
        await FollowAsync(subscription, screen, () => screen.Ids is [2]);
        Assert.Equal(1, stage.Store.Loads);
    }

    /// <summary>
    /// G5: whatever is lost, repeated or reordered, one comparison of versions later every screen shows the history.
    /// </summary>
    [Fact]
    public void Whatever_becomes_of_notifications_the_sync_heals_it() =>
        Gen.Select(Gen.Int[0, 3].Array[1, 12], Gen.Int[0, 99].Array[36], (steps, fates) => (steps, fates)).Sample(
            run =>
            {
                var stage = new Stage(new FeedOptions { WindowMessages = 4 });
                stage.Publish(stage.Create());
                var screen = new Screen();
                using var subscription = stage.Subscribe();
                FollowAsync(subscription, screen, 1).GetAwaiter().GetResult();
                var late = new List<Transition>();
                for (var i = 0; i < run.steps.Length; i++)
                {
                    var chat = stage.Store.State(stage.Id);
                    var commit = run.steps[i] == 0 ? stage.Edit($"edited {i}") : chat.NeedsWorker ? stage.Finish($"answer {i}") : stage.Send($"question {i}");
                    switch (run.fates[i] % 4)
                    {
                        case 0:
                            break;
                        case 1:
                            late.Insert(0, commit);
                            break;
                        case 2:
                            Deliver(stage, commit);
                            Deliver(stage, commit);
                            break;
                        default:
                            Deliver(stage, commit);
                            break;
                    }

                    if (run.fates[i + 12] % 3 == 0 && late.Count > 0)
                    {
                        Deliver(stage, late[^1]);
                        late.RemoveAt(late.Count - 1);
                    }
                }

                late.ForEach(commit => Deliver(stage, commit));
                Sync(stage);
                var history = stage.Store.History(stage.Id);
                FollowAsync(subscription, screen, () => screen.Ids.SequenceEqual(history.Select(message => message.Id))).GetAwaiter().GetResult();
                Assert.Equal(history.Select(message => ((TextPart)message.Parts[0]).Text), screen.Texts);
            },
            iter: 2_000);

    private static void Sync(Stage stage)
    {
        foreach (var changed in stage.Store.FindChangedAsync(stage.Registry.Known(), CancellationToken.None).GetAwaiter().GetResult())
        {
            using var pin = stage.Registry.Pin(changed.Id);
            pin.Feed.MarkUnsyncedBelow(changed.Version!.Value);
        }
    }

    /// <summary>As the receiver does it: through the text, which leaves out what is too large.</summary>
    private static void Deliver(Stage stage, Transition commit)
    {
        var news = Notification.Read(NotificationWriter.Write(commit, "other", 8_000))!;
        using var pin = stage.Registry.Pin(stage.Id);
        pin.Feed.PublishRemote(news.State!, news.Messages ?? [], TimeSpan.Zero);
    }

    private static Task FollowAsync(Subscription subscription, Screen screen, int messages) => FollowAsync(subscription, screen, () => screen.Ids.Count >= messages && screen.Log.Exists(line => line.StartsWith("queue_update", StringComparison.Ordinal)));

    private static async Task FollowAsync(Subscription subscription, Screen screen, Func<bool> until)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        var events = new List<StreamEvent>();
        while (!until())
        {
            await subscription.NextAsync(events, patience.Token);
            screen.Show(events);
        }
    }
}
