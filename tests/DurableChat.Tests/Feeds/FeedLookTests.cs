using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>What a look at a feed gives, and what it asks for where it can give nothing.</summary>
public sealed class FeedLookTests
{
    [Fact]
    public void A_look_gives_so_many_messages_and_each_is_a_hit()
    {
        using var meters = new CountingMeters();
        var stage = new Stage(meters: meters);
        using var pin = stage.Registry.Pin(stage.Id);
        pin.Feed.Publish(stage.Create());
        for (var turn = 0; turn < 40; turn++)
        {
            pin.Feed.Publish(stage.Finish());
            pin.Feed.Publish(stage.Send("again"));
        }

        var cursor = new SubscriberCursor(new Position(1, 1, 0, 0));
        Assert.Equal(64, Look(pin.Feed, cursor).OfType<MessageEvent>().Count() + 1);
        Assert.Equal(17, Look(pin.Feed, cursor).OfType<MessageEvent>().Count());
        Assert.Equal((2, 0), (meters.Sum("durablechat.window.hits"), meters.Sum("durablechat.window.misses")));
        pin.Feed.TryEvict();
        Miss(pin.Feed, 1);
        Assert.Equal((2, 1), (meters.Sum("durablechat.window.hits"), meters.Sum("durablechat.window.misses")));
    }

    [Fact]
    public void A_look_ends_with_the_message_that_makes_it_large()
    {
        var size = 262_144 - Frame(1).Length + 1;
        foreach (var (content, given) in new[] { (size, 1), (size - 1, 2), ((size / 2) - 1_000, 3), (size, 1) })
        {
            var stage = new Stage();
            using var pin = stage.Registry.Pin(stage.Id);
            pin.Feed.Publish(stage.Create(new string('x', content)));
            pin.Feed.Publish(stage.Finish(new string('x', content)));
            pin.Feed.Publish(stage.Send("again"));
            Assert.Equal(given, Look(pin.Feed, new SubscriberCursor(default)).OfType<MessageEvent>().Count());
        }

        Assert.Equal(262_144, Frame(size).Length);
    }

    [Theory]
    [InlineData(3, 3, true)]
    [InlineData(4, 8, true)]
    [InlineData(6, 8, true)]
    [InlineData(8, 8, true)]
    [InlineData(9, 8, true)]
    [InlineData(12, 8, true)]
    [InlineData(13, 13, true)]
    [InlineData(6, 6, false)]
    public void What_is_missing_at_the_end_is_read_from_the_end_of_the_window_for_all_who_are_near_it(int from, int after, bool hasWindow)
    {
        var stage = new Stage(new FeedOptions { WindowMessages = hasWindow ? 4 : 0 });
        using var pin = stage.Registry.Pin(stage.Id);
        stage.Publish(stage.Create(), stage.Finish());
        for (var turn = 0; turn < 2; turn++)
        {
            stage.Publish(stage.Send("again"), stage.Finish());
        }

        // The state comes without its messages: the window holds 3 to 6, then 5 to 8, and the head is at 16.
        stage.Publish(stage.Send("again"), stage.Finish());
        for (var turn = 0; turn < 4; turn++)
        {
            stage.Send("elsewhere");
            stage.Finish();
        }

        pin.Feed.CompleteLoad(stage.Store.State(stage.Id), pin.Feed.BeginLoad());
        var cursor = new SubscriberCursor(new Position(1, from, 0, 0)) { Initial = false, SeenStatus = 1 };
        if (hasWindow)
        {
            Assert.Equal((4L, 8L), (pin.Feed.Inspect(0).Window.Floor, pin.Feed.Inspect(0).Window.Tail));
        }

        var look = pin.Feed.Look(cursor, []);
        Assert.Equal((FeedLookKind.Miss, new CatchUpKey(1, after)), (look.Kind, look.CatchUp));
    }

    [Fact]
    public void A_read_is_told_from_what_made_it_necessary()
    {
        // An own commit that is missing.
        var stage = new Stage(replica: "b");
        using var pin = stage.Registry.Pin(stage.Id);
        pin.Feed.Publish(stage.Create());
        var (finished, sent) = (stage.Finish(), stage.Send("again"));
        pin.Feed.Publish(sent);
        Assert.Equal(ReadReason.CatchUp, Miss(pin.Feed, 1).Reason);
        Assert.Equal(ReadReason.Initial, Miss(pin.Feed, 1, initial: true).Reason);
        pin.Feed.Publish(finished);

        // The last of another replica is there, and an own one behind it is not.
        var remote = stage.Finish();
        pin.Feed.PublishRemote(remote.Next, remote.Appended, TimeSpan.Zero);
        stage.Send("unheard");
        pin.Feed.Publish(stage.Finish());
        Assert.Equal(ReadReason.CatchUp, Miss(pin.Feed, 4).Reason);

        // One of another replica is missing.
        stage.Send("unheard");
        pin.Feed.PublishRemote(stage.Store.State(stage.Id), [], TimeSpan.Zero);
        Assert.Equal(ReadReason.RemoteCatchUp, Miss(pin.Feed, 4).Reason);
    }

    [Fact]
    public void Only_messages_of_a_state_that_was_read_while_the_feed_was_there_may_still_come_with_its_notification()
    {
        var stage = new Stage(replica: "b");
        using var pin = stage.Registry.Pin(stage.Id);
        pin.Feed.Publish(stage.Create());
        pin.Feed.CompleteLoad(stage.Store.State(stage.Id), pin.Feed.BeginLoad());
        var finished = stage.Finish();
        pin.Feed.PublishRemote(finished.Next, [], TimeSpan.Zero);
        Assert.False(Miss(pin.Feed, 1).MayComeInline);
        foreach (var text in new[] { "one", "another" })
        {
            stage.Send(text);
            stage.Finish();
            pin.Feed.CompleteLoad(stage.Store.State(stage.Id), pin.Feed.BeginLoad());
            Assert.True(Miss(pin.Feed, 1).MayComeInline);
            Assert.False(Miss(pin.Feed, 1, initial: true).MayComeInline);
        }

        Assert.Equal(pin.Feed.Revision, Miss(pin.Feed, 1).Revision);
        pin.Feed.PublishRemote(stage.Send("heard").Next, [], TimeSpan.Zero);
        Assert.False(Miss(pin.Feed, 1).MayComeInline);
    }

    [Theory]
    [InlineData("b", true)]
    [InlineData("", true)]
    [InlineData("b", false)]
    public void A_state_that_is_the_first_or_known_already_brings_nothing_inline(string replica, bool isFirst)
    {
        var stage = new Stage(replica: replica);
        using var pin = stage.Registry.Pin(stage.Id);
        var created = stage.Create();
        if (!isFirst)
        {
            pin.Feed.Publish(created);
        }

        pin.Feed.CompleteLoad(stage.Store.State(stage.Id), pin.Feed.BeginLoad());
        pin.Feed.TryEvict();
        Assert.False(Miss(pin.Feed, 0).MayComeInline);
        if (replica.Length == 0)
        {
            stage.Finish();
            pin.Feed.CompleteLoad(stage.Store.State(stage.Id), pin.Feed.BeginLoad());
            Assert.False(Miss(pin.Feed, 0).MayComeInline);
        }
    }

    [Fact]
    public void A_subscriber_that_is_ahead_puts_the_feed_in_doubt_once()
    {
        var stage = new Stage();
        using var pin = stage.Registry.Pin(stage.Id);
        pin.Feed.Publish(stage.Create());
        var cursor = new SubscriberCursor(new Position(1, 2, 0, 0));
        var load = pin.Feed.BeginLoad();
        Assert.Equal(FeedLookKind.Unsynced, pin.Feed.Look(cursor, []).Kind);
        Assert.Null(pin.Feed.TryGetChat());
        pin.Feed.CompleteLoad(stage.Store.State(stage.Id), load);
        Assert.Equal(FeedLookKind.Unsynced, pin.Feed.Look(cursor, []).Kind);
        pin.Feed.CompleteLoad(stage.Store.State(stage.Id), pin.Feed.BeginLoad());
        Assert.Equal([StreamEventType.HistoryReset, StreamEventType.Status, StreamEventType.Message], Types(Follow(pin.Feed, cursor, stage)));
    }

    [Fact]
    public void Parts_on_a_screen_stay_while_the_replica_that_makes_them_brings_more()
    {
        var stage = new Stage(replica: "b");
        using var pin = stage.Registry.Pin(stage.Id);
        pin.Feed.Publish(stage.Create());
        var (same, other) = (AtParts(1), AtParts(7));
        Assert.Empty(Look(pin.Feed, same));
        Assert.Equal([StreamEventType.PreviewReset], Types(Look(pin.Feed, other)));
        pin.Feed.AppendRelayed(new RelayFrame(1, 1, 1, 1, 1, [1, 1], new TextPart("ab")));
        Assert.Empty(Look(pin.Feed, same));
        Assert.Equal([StreamEventType.PreviewReset, StreamEventType.MessagePart, StreamEventType.MessagePart], Types(Look(pin.Feed, AtParts(7))));
        pin.Feed.AppendRelayed(new RelayFrame(1, 1, 1, 1, 3, [1, 1], new TextPart("cd")));
        Assert.Equal([StreamEventType.MessagePart], Types(Look(pin.Feed, same)));
        Assert.Equal(4, same.Position.Seq);
    }

    [Fact]
    public void Parts_on_a_screen_go_where_this_replica_makes_others()
    {
        var stage = new Stage(replica: "a");
        using var pin = stage.Registry.Pin(stage.Id);
        pin.Feed.Publish(stage.Create());

        // They stay until the worker here has shown something: it may continue them.
        Assert.Empty(Look(pin.Feed, AtParts(1)));
        Assert.Equal([StreamEventType.PreviewReset], Types(Look(pin.Feed, AtParts(2))));
        pin.Feed.BeginGeneration(1);
        Assert.Empty(Look(pin.Feed, AtParts(1)));
        pin.Feed.AppendPart(1, new TextPart("a"));
        Assert.Equal([StreamEventType.PreviewReset, StreamEventType.MessagePart], Types(Look(pin.Feed, AtParts(1))));
    }

    /// <summary>A subscriber that has three parts of a generation and all that came before them.</summary>
    private static SubscriberCursor AtParts(long generation) => new(new Position(1, 1, generation, 3)) { SeenStatus = 1, SeenState = 1, Initial = false };

    private static FeedLook Miss(Feed feed, long from, bool initial = false)
    {
        var look = feed.Look(new SubscriberCursor(new Position(1, from, 0, 0)) { Initial = initial, SeenStatus = 1 }, []);
        Assert.Equal(FeedLookKind.Miss, look.Kind);
        return look;
    }

    private static List<StreamEvent> Look(Feed feed, SubscriberCursor cursor)
    {
        var events = new List<StreamEvent>();
        feed.Look(cursor, events);
        return events;
    }

    /// <summary>A look whose misses are read.</summary>
    private static List<StreamEvent> Follow(Feed feed, SubscriberCursor cursor, Stage stage)
    {
        var events = Look(feed, cursor);
        foreach (var message in stage.Store.History(stage.Id))
        {
            cursor.TryDeliver(StreamEvents.Message(stage.Id, 1, message, publishedAt: 0), stage.Id, events);
        }

        return events;
    }

    private static StreamEventType[] Types(List<StreamEvent> events) => [.. events.Select(told => told.Type)];

    private static ReadOnlyMemory<byte> Frame(int size)
    {
        var stage = new Stage();
        return StreamEvents.Message(stage.Id, 1, stage.Create(new string('x', size)).Appended[0], publishedAt: 0).Frame;
    }
}
