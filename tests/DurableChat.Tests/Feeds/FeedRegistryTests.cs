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
        foreach (var other in stages)
        {
            var created = other.Create(new string('x', 10_000));
            stage.Time.Advance(TimeSpan.FromSeconds(1));
            using var pin = stage.Registry.Pin(NewId(stage));
            pin.Feed.Publish(created with { Next = created.Next with { Id = pin.Feed.Id } });
            Assert.True(stage.Registry.Bytes <= 100_000);
        }

        Assert.Equal(50, stage.Registry.Count);
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
        // The state alone is beyond the budget, so every round empties the window again.
        var stage = new Stage(new FeedOptions { IdleTime = TimeSpan.FromMinutes(1), TotalBytes = 1 });
        stage.Publish(stage.Create());
        for (var round = 0; round < 8; round++)
        {
            stage.Time.Advance(TimeSpan.FromSeconds(15));
            stage.Registry.RemoveIdle();
            stage.Registry.EnforceBudget();
        }

        Assert.Equal((0, 0L), (stage.Registry.Count, stage.Registry.Bytes));
    }

    private static DurableChat.Chats.ChatId NewId(Stage stage) => DurableChat.Chats.ChatId.Create(stage.Time.GetUtcNow());
}
