using DurableChat.Feeds;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Feeds;

public sealed class FeedRegistryTests
{
    [Fact]
    public void All_feeds_together_stay_within_the_budget_and_the_least_used_give_way()
    {
        var stage = new Stage(new FeedOptions { TotalBytes = 100_000 });
        var stages = Enumerable.Range(0, 50).Select(_ => new Stage()).ToArray();
        Feed? newest = null;
        foreach (var other in stages)
        {
            var created = other.Create(new string('x', 10_000));
            stage.Time.Advance(TimeSpan.FromSeconds(1));
            using var pin = stage.Registry.Pin(NewId(stage));
            pin.Feed.Publish(created with { Next = created.Next with { Id = pin.Feed.Id } });
            Assert.True(stage.Registry.Bytes <= 100_000);
            newest = pin.Feed;
        }

        // Each takes about 13,000, and down to nine tenths of the budget they go.
        Assert.InRange(stage.Registry.Count, 6, 7);
        Assert.Same(newest, stage.Registry.Find(newest!.Id));
    }

    [Fact]
    public void A_feed_that_nobody_uses_goes_after_its_time_and_one_that_is_held_stays()
    {
        var stage = new Stage(new FeedOptions { IdleTime = TimeSpan.FromMinutes(1) });
        stage.Publish(stage.Create());
        stage.Time.Advance(TimeSpan.FromSeconds(59));
        stage.Registry.RemoveIdle();
        Assert.Equal(1, stage.Registry.Count);
        using (stage.Registry.Pin(stage.Id))
        {
            stage.Time.Advance(TimeSpan.FromHours(1));
            stage.Registry.RemoveIdle();
            Assert.Equal(1, stage.Registry.Count);
        }

        stage.Time.Advance(TimeSpan.FromSeconds(61));
        stage.Registry.RemoveIdle();
        Assert.Equal((0, 0L), (stage.Registry.Count, stage.Registry.Bytes));
    }

    [Fact]
    public void Being_emptied_for_the_budget_does_not_make_a_feed_look_used()
    {
        var stage = new Stage(new FeedOptions { TotalBytes = 1 });
        using var pin = stage.Registry.Pin(stage.Id);
        var used = pin.Feed.LastUsed;
        stage.Time.Advance(TimeSpan.FromSeconds(15));
        pin.Feed.Publish(stage.Create());
        Assert.Equal(0, pin.Feed.Inspect(0).Window.Count);
        Assert.NotEqual(used, pin.Feed.LastUsed);
        used = pin.Feed.LastUsed;
        stage.Time.Advance(TimeSpan.FromSeconds(15));
        Assert.False(pin.Feed.TryEvict());
        stage.Registry.EnforceBudget();
        Assert.Equal(used, pin.Feed.LastUsed);
    }

    [Fact]
    public void Out_of_the_box_this_much_is_kept()
    {
        var options = new FeedOptions();
        Assert.Equal((256, 1_048_576, 268_435_456L), (options.WindowMessages, options.WindowBytes, options.TotalBytes));
        Assert.Equal((256, 262_144), (options.CatchUpMessages, options.CatchUpBytes));
        Assert.Equal((60_000, 30_000, 50), (options.IdleTime.TotalMilliseconds, options.ReadTimeout.TotalMilliseconds, options.InlinePatience.TotalMilliseconds));
    }

    [Fact]
    public void Beyond_the_budget_windows_are_emptied_until_a_tenth_of_it_is_free()
    {
        using var meters = new CountingMeters();
        var stage = new Stage(new FeedOptions { TotalBytes = 100_000 }, meters: meters);
        var ids = new List<DurableChat.Chats.ChatId>();
        while (stage.Registry.Count < 20)
        {
            stage.Time.Advance(TimeSpan.FromSeconds(1));
            ids.Add(NewId(stage));

            // Held, so that it gives back its window and stays.
            var pin = stage.Registry.Pin(ids[^1]);
            var before = stage.Registry.Bytes;
            pin.Feed.Publish(NewChat(pin.Feed.Id, 10_000));
            if (stage.Registry.Bytes < before)
            {
                break;
            }
        }

        // The oldest windows went, one by one, and no more of them than was needed.
        var emptied = ids.TakeWhile(id => stage.Registry.Find(id)!.Inspect(0).Window.Count == 0).Count();
        Assert.True(emptied > 0);
        Assert.All(ids.Skip(emptied), id => Assert.Equal(1, stage.Registry.Find(id)!.Inspect(0).Window.Count));
        Assert.InRange(stage.Registry.Bytes, 90_000 - 11_000, 90_000);
        Assert.Equal(emptied, meters.Sum("durablechat.window.evictions"));
    }

    [Fact]
    public void What_is_just_within_the_budget_stays()
    {
        var measured = new Stage();
        using (var pin = measured.Registry.Pin(measured.Id))
        {
            pin.Feed.Publish(NewChat(measured.Id, 1_000));
        }

        var stage = new Stage(new FeedOptions { TotalBytes = measured.Registry.Bytes });
        using var held = stage.Registry.Pin(measured.Id);
        held.Feed.Publish(NewChat(measured.Id, 1_000));
        Assert.Equal(1, held.Feed.Inspect(0).Window.Count);
        stage.Options.TotalBytes--;
        stage.Registry.EnforceBudget();
        Assert.Equal(0, held.Feed.Inspect(0).Window.Count);
    }

    [Fact]
    public void Windows_are_emptied_down_to_nine_tenths_of_the_budget_to_the_byte()
    {
        var stage = new Stage();
        using var heldFirst = stage.Registry.Pin(NewId(stage));
        heldFirst.Feed.Publish(NewChat(heldFirst.Feed.Id, 10_000));
        var oldest = heldFirst.Feed.Id;
        var second = PublishNew(stage, 1_000);
        var third = stage.Registry.Find(second)!.Inspect(0).Bytes;

        // The third chat is so much larger than the second that what is left of all is nine tenths of a whole number.
        var left = stage.Registry.Bytes - stage.Registry.Find(oldest)!.Inspect(0).Window.Bytes + third;
        var padding = (int)((9 - (left % 9)) % 9);
        left += padding;
        PublishNew(stage, 1_000 + padding);
        stage.Options.TotalBytes = left / 9 * 10;
        stage.Registry.EnforceBudget();
        Assert.Equal((left, left), (stage.Options.TotalBytes / 10 * 9, stage.Registry.Bytes));
        Assert.Equal([0, 1, 1], stage.Registry.All.OrderBy(feed => feed.LastUsed).Select(feed => feed.Inspect(0).Window.Count));
    }

    [Fact]
    public void What_there_is_can_be_observed()
    {
        using var meters = new CountingMeters();
        var stage = new Stage(meters: meters);
        Assert.Equal((0, 0), (meters.Observe("durablechat.feeds.active"), meters.Observe("durablechat.feeds.bytes")));
        PublishNew(stage, 1_000);
        PublishNew(stage, 1_000);
        Assert.Equal((2, stage.Registry.Bytes), (meters.Observe("durablechat.feeds.active"), meters.Observe("durablechat.feeds.bytes")));
        Assert.True(stage.Registry.Bytes > 2_000);
    }

    [Fact]
    public void A_registry_that_was_given_no_name_has_no_other_replica_to_ask_for_parts()
    {
        var stage = new Stage();
        var registry = new FeedRegistry(stage.Options, stage.Metrics, stage.Time);
        using var pin = registry.Pin(stage.Id);
        pin.Feed.Publish(stage.Create());
        pin.Feed.Join(new SubscriberCursor(default));
        Assert.Equal("a", pin.Feed.TryGetChat()!.Lease!.Replica);
        Assert.Null(pin.Feed.RelayTarget);
    }

    [Fact]
    public void A_feed_that_is_about_to_go_is_replaced_and_takes_nothing_with_it()
    {
        var stage = new Stage();
        var pinOfOld = stage.Registry.Pin(stage.Id);
        pinOfOld.Dispose();
        Assert.True(pinOfOld.Feed.TryRemove(long.MaxValue));
        Assert.Null(stage.Registry.TryPin(stage.Id));
        using var pin = stage.Registry.Pin(stage.Id);
        Assert.NotSame(pinOfOld.Feed, pin.Feed);
        Assert.Same(pin.Feed, stage.Registry.Find(stage.Id));
    }

    [Fact]
    public void Only_what_a_feed_serves_as_the_present_is_compared()
    {
        var stage = new Stage();
        stage.Publish(stage.Create());
        using var unknown = stage.Registry.Pin(NewId(stage));
        Assert.Equal([(stage.Id, 1L)], stage.Registry.Known().Select(known => (known.Id, known.Version)));
        using var pin = stage.Registry.TryPin(stage.Id)!;
        pin.Feed.MarkUnsynced();
        Assert.Empty(stage.Registry.Known());
        Assert.Null(stage.Registry.TryPin(NewId(stage)));
    }

    [Fact]
    public void A_pin_lets_go_once_and_the_feed_of_a_chat_that_is_gone_goes_with_the_last()
    {
        var stage = new Stage();
        var one = stage.Registry.Pin(stage.Id);
        var other = stage.Registry.Pin(stage.Id);
        Assert.Same(one.Feed, other.Feed);
        one.Feed.MarkDeleted();
        one.Dispose();
        one.Dispose();
        Assert.Equal(1, stage.Registry.Count);
        other.Dispose();
        Assert.Equal(0, stage.Registry.Count);
    }

    private static DurableChat.Chats.ChatId PublishNew(Stage stage, int size)
    {
        stage.Time.Advance(TimeSpan.FromSeconds(1));
        using var pin = stage.Registry.Pin(NewId(stage));
        pin.Feed.Publish(NewChat(pin.Feed.Id, size));
        return pin.Feed.Id;
    }

    private static DurableChat.Chats.Transition NewChat(DurableChat.Chats.ChatId id, int size)
    {
        var created = new Stage().Create(new string('x', size));
        return created with { Next = created.Next with { Id = id } };
    }

    private static DurableChat.Chats.ChatId NewId(Stage stage) => DurableChat.Chats.ChatId.Create(stage.Time.GetUtcNow());
}
