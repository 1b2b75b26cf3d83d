using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>What feeds take in sum, who gives way, and what that costs those who are served.</summary>
public sealed class FeedMemoryTests
{
    internal const int Text = 50_000;

    [Fact]
    public async Task Events_of_a_state_that_was_given_back_are_read_once_by_all_who_need_them()
    {
        var stage = new Stage();
        stage.Publish(stage.Create(), stage.Send(new string('q', Text)));
        using var pin = stage.Registry.Pin(stage.Id);
        Assert.True(pin.Feed.TryEvict());
        Assert.Null(pin.Feed.TryGetChat());
        Assert.Equal(2, pin.Feed.Present?.Version);
        Assert.Equal([(stage.Id, 2L)], stage.Registry.Known().Select(known => (known.Id, known.Version)));
        var subscriptions = Enumerable.Range(0, 20).Select(_ => stage.Subscribe()).ToList();
        await Task.WhenAll(subscriptions.Select(subscription => FollowAsync(subscription, events => events.Any(sent => sent.Type == StreamEventType.QueueUpdate && sent.Json.Length > Text))));
        Assert.Equal(1, stage.Store.Loads);
        Assert.Equal(2, pin.Feed.TryGetChat()!.Version);
        subscriptions.ForEach(subscription => subscription.Dispose());
    }

    [Fact]
    public async Task An_answer_goes_on_for_those_who_have_seen_the_queue_though_it_was_given_back()
    {
        var stage = new Stage();
        stage.Publish(stage.Create(), stage.Send(new string('q', Text)));
        using var pin = stage.Registry.Pin(stage.Id);
        using var subscription = stage.Subscribe();
        await FollowAsync(subscription, events => events.Any(sent => sent.Type == StreamEventType.QueueUpdate));
        Assert.True(pin.Feed.TryEvict());
        Assert.True(pin.Feed.BeginGeneration(1));
        pin.Feed.AppendPart(1, new TextPart("hello"));
        await FollowAsync(subscription, events => events.Any(sent => sent.Type == StreamEventType.MessagePart));
        Assert.Equal(0, stage.Store.Loads);

        // The queue is empty after the turn, as it was given back; the difference is told.
        stage.Publish(stage.Finish());
        var last = await FollowAsync(subscription, events => events.Any(sent => sent.Type == StreamEventType.QueueUpdate));
        Assert.Contains("\"queue\":[]", System.Text.Encoding.UTF8.GetString(last.Last(sent => sent.Type == StreamEventType.QueueUpdate).Json.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_that_is_always_short_keeps_nobody_loading_for_ever()
    {
        var stage = new Stage(new FeedOptions { TotalBytes = 1 });
        stage.Publish(stage.Create(), stage.Send(new string('q', Text)));
        using var first = stage.Subscribe();
        using var second = stage.Subscribe();
        await Task.WhenAll(
            FollowAsync(first, events => events.Any(sent => sent.Type == StreamEventType.QueueUpdate)),
            FollowAsync(second, events => events.Any(sent => sent.Type == StreamEventType.QueueUpdate)));
        Assert.InRange(stage.Store.Loads, 1, 10);
        using var pin = stage.Registry.Pin(stage.Id);
        Assert.NotNull(await stage.Reader.LoadPresentAsync(pin.Feed, CancellationToken.None));
        stage.Registry.EnforceBudget();
        Assert.Null(pin.Feed.TryGetChat());
    }

    [Fact]
    public void An_owner_with_more_than_its_share_gives_way_before_the_others()
    {
        var stage = new Stage(new FeedOptions { TotalBytes = 1_000_000 });
        for (var chat = 0; chat < 8; chat++)
        {
            Publish(stage, "quiet");
        }

        for (var chat = 0; chat < 200; chat++)
        {
            Publish(stage, "greedy");
        }

        var owners = stage.Registry.All.Select(feed => feed.Owner).ToList();
        Assert.Equal(8, owners.Count(owner => owner == "quiet"));
        Assert.InRange(owners.Count(owner => owner == "greedy"), 10, 40);
        Assert.InRange(stage.Registry.Bytes, 0, 1_000_000);

        // Alone it may use all.
        var alone = new Stage(new FeedOptions { TotalBytes = 1_000_000 });
        for (var chat = 0; chat < 200; chat++)
        {
            Publish(alone, "greedy");
        }

        Assert.InRange(alone.Registry.Bytes, 800_000, 1_000_000);
    }

    [Fact]
    public void Beyond_the_budget_a_publication_looks_at_a_few_feeds_however_many_there_are()
    {
        using var meters = new CountingMeters();
        var stage = new Stage(new FeedOptions { TotalBytes = 5_000_000 }, meters: meters);
        for (var chat = 0; chat < 4_000; chat++)
        {
            Publish(stage, $"owner {chat % 100}", size: 1_000);
        }

        var before = meters.Sum("durablechat.window.eviction_visits");
        Assert.InRange(stage.Registry.Count, 800, 2_000);
        for (var chat = 0; chat < 1_000; chat++)
        {
            Publish(stage, $"owner {chat % 100}", size: 1_000);
        }

        Assert.InRange(meters.Sum("durablechat.window.eviction_visits") - before, 1, 2_000);
    }

    [Fact]
    public void Feeds_that_have_nothing_to_give_back_are_not_looked_at_again()
    {
        using var meters = new CountingMeters();
        var stage = new Stage(new FeedOptions { TotalBytes = 100_000 }, meters: meters);
        var pins = new List<FeedPin>();
        for (var chat = 0; chat < 500; chat++)
        {
            pins.Add(stage.Registry.Pin(NewId(stage)));
            pins[^1].Feed.Publish(New(pins[^1].Feed.Id, "owner", 1_000));
        }

        Assert.True(stage.Registry.Bytes > 100_000);
        var before = meters.Sum("durablechat.window.eviction_visits");
        for (var round = 0; round < 100; round++)
        {
            stage.Registry.EnforceBudget();
        }

        Assert.InRange(meters.Sum("durablechat.window.eviction_visits") - before, 0, 100);
        Assert.InRange(stage.Registry.Budget.InLine, 0, 20);

        // A tenth stays for what can be given back, so that the newest messages are served from memory.
        Assert.Equal(1, pins[^1].Feed.Inspect(0).Window.Count);
        pins.ForEach(pin => pin.Dispose());
        stage.Registry.EnforceBudget();
        Assert.InRange(stage.Registry.Bytes, 0, 90_000);
    }

    [Fact]
    public void A_feed_that_was_used_since_it_took_its_place_is_passed_over()
    {
        var stage = new Stage();
        var pins = Enumerable.Range(0, 10).Select(_ => Hold(stage, 10_000)).ToList();
        stage.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(pins[0].Feed.TryPin());
        stage.Options.TotalBytes = stage.Registry.Bytes - 1;
        stage.Registry.EnforceBudget();
        Assert.Equal(1, pins[0].Feed.Inspect(0).Window.Count);
        Assert.Equal(0, pins[1].Feed.Inspect(0).Window.Count);
    }

    [Fact]
    public void Only_an_owner_whose_feeds_are_in_use_and_fill_the_memory_is_full()
    {
        var stage = new Stage(new FeedOptions { TotalBytes = 100_000 });
        using var small = stage.Registry.Pin(NewId(stage));
        small.Feed.Publish(New(small.Feed.Id, "quiet", 10));
        using var large = stage.Registry.Pin(NewId(stage));
        large.Feed.Publish(New(large.Feed.Id, "greedy", 200_000));
        Assert.False(stage.Registry.Budget.IsFull("greedy"));
        Assert.True(large.Feed.BeginGeneration(1));
        large.Feed.AppendPart(1, new TextPart(new string('x', 200_000)));
        Assert.True(stage.Registry.Budget.IsFull("greedy"));
        Assert.False(stage.Registry.Budget.IsFull("quiet"));
        Assert.False(stage.Registry.Budget.IsFull("nobody"));
        large.Dispose();
        Assert.False(stage.Registry.Budget.IsFull("greedy"));
        stage.Registry.EnforceBudget();
        Assert.Equal(1, stage.Registry.Count);
        Assert.Equal(1, stage.Registry.Budget.Owners);
    }

    [Fact]
    public void A_run_keeps_its_tools_and_calls_and_gives_back_the_queue()
    {
        var stage = new Stage(replica: "a");
        using var pin = stage.Registry.Pin(stage.Id);
        pin.Feed.Publish(Busy(stage.Id, "owner", queued: 2, tools: 2));
        var before = stage.Registry.Bytes;
        Assert.True(pin.Feed.TryEvict());
        Assert.InRange(before - stage.Registry.Bytes, 2 * 3 * Text, 2 * 4 * Text);
        Assert.InRange(stage.Registry.Bytes, 2 * 2 * Text, before);
    }

    internal static async Task<List<StreamEvent>> FollowAsync(Subscription subscription, Func<List<StreamEvent>, bool> until)
    {
        var events = new List<StreamEvent>();
        do
        {
            Assert.True(await subscription.NextAsync(events, TestContext.Current.CancellationToken));
        }
        while (!until(events));
        return events;
    }

    private static FeedPin Hold(Stage stage, int size)
    {
        var pin = stage.Registry.Pin(NewId(stage));
        pin.Feed.Publish(New(pin.Feed.Id, pin.Feed.Id.Value, size));
        return pin;
    }

    private static void Publish(Stage stage, string owner, int size = 20_000)
    {
        using var pin = stage.Registry.Pin(NewId(stage));
        pin.Feed.Publish(New(pin.Feed.Id, owner, size));
    }

    private static Transition New(ChatId id, string owner, int size)
    {
        var created = new Stage().Create(new string('x', size));
        return created with { Next = created.Next with { Id = id, Owner = owner } };
    }

    /// <summary>The first state of a chat that runs and has a queue and tools, as if one commit had made it.</summary>
    internal static Transition Busy(ChatId id, string owner, int queued, int tools = 0)
    {
        var created = New(id, owner, 10);
        return created with
        {
            Next = created.Next with
            {
                Queue = [.. Enumerable.Range(1, queued).Select(number => new QueuedMessage(number, new string('q', Text), false, DateTimeOffset.UnixEpoch))],
                ClientTools = [.. Enumerable.Range(1, tools).Select(number => new ClientTool($"tool_{number}", new string('d', Text), "{}"))],
            },
        };
    }

    internal static ChatId NewId(Stage stage) => ChatId.Create(stage.Time.GetUtcNow());
}
