using DurableChat.Feeds;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>What feeds count, compared with the memory of the process; so nothing else may run beside.</summary>
[CollectionDefinition(nameof(FeedMemoryMeasured), DisableParallelization = true)]
[Collection(nameof(FeedMemoryMeasured))]
public sealed class FeedMemoryMeasured
{
    [Fact]
    public void What_a_feed_counts_is_about_what_it_keeps_in_memory()
    {
        var stage = new Stage(new FeedOptions { TotalBytes = long.MaxValue });
        var pins = new List<FeedPin>();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var chat = 0; chat < 100; chat++)
        {
            pins.Add(stage.Registry.Pin(FeedMemoryTests.NewId(stage)));
            pins[^1].Feed.Publish(FeedMemoryTests.Busy(pins[^1].Feed.Id, "owner", queued: 4, tools: 2));
        }

        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(stage.Registry.Bytes, kept * 0.8, kept * 1.2);
        pins.ForEach(pin => pin.Dispose());
    }

    [Fact]
    public async Task Full_queues_that_are_followed_stay_within_the_budget_and_are_shown_all_the_same()
    {
        // Each takes about 3 MB with its queue, 180 MB in all.
        const long Budget = 5_000_000;
        var stage = new Stage(new FeedOptions { TotalBytes = Budget });
        var subscriptions = new List<Subscription>();

        // Buffers for writing JSON are kept by the process for the next time.
        (await OpenAsync(new Stage())).Dispose();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var chat = 0; chat < 60; chat++)
        {
            subscriptions.Add(await OpenAsync(stage));
            stage.Registry.EnforceBudget();
            Assert.InRange(stage.Registry.Bytes, 0, Budget * 12 / 10);
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, 0, Budget * 12 / 10);
        subscriptions.ForEach(subscription => subscription.Dispose());
    }

    private static async Task<Subscription> OpenAsync(Stage stage)
    {
        var id = FeedMemoryTests.NewId(stage);
        using var pin = stage.Registry.Pin(id);
        pin.Feed.Publish(FeedMemoryTests.Busy(id, "owner", queued: 20));
        var subscription = new Subscription(stage.Registry.Pin(id), stage.Reader, stage.Metrics, Polly.ResiliencePipeline.Empty, default);
        await FeedMemoryTests.FollowAsync(subscription, events => events.Any(sent => sent.Type == StreamEventType.QueueUpdate && sent.Json.Length > 20 * FeedMemoryTests.Text));
        return subscription;
    }
}
