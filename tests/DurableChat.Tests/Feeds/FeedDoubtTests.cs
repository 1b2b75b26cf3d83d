using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Notifications;
using DurableChat.Tests.Support;
using DurableChat.Watching;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>
/// A feed that falls in doubt wakes those who were content with what it had, however the doubt began.
/// </summary>
public sealed class FeedDoubtTests : IDisposable
{
    private readonly Stage _stage = new();
    private readonly FeedPin _pin;

    public FeedDoubtTests() => _pin = _stage.Registry.Pin(_stage.Id);

    private Feed Feed => _pin.Feed;

    public void Dispose() => _pin.Dispose();

    [Fact]
    public async Task A_page_from_a_later_version_wakes_an_idle_subscriber()
    {
        Feed.Publish(_stage.Create());
        var idle = LookToTheEnd(out _);
        var unheard = _stage.Finish();
        var waiting = Feed.WaitAsync(idle.Revision, TestContext.Current.CancellationToken);
        Feed.Fill(new CatchUpPage(unheard.Next.Epoch, unheard.Next.Version, 0, []));
        await waiting;
        Assert.True(Feed.IsInDoubt);
        Assert.Equal(FeedLookKind.Unsynced, LookToTheEnd(out _).Kind);
    }

    [Fact]
    public async Task A_subscriber_that_is_ahead_wakes_an_idle_one()
    {
        Feed.Publish(_stage.Create());
        var idle = LookToTheEnd(out _);
        var waiting = Feed.WaitAsync(idle.Revision, TestContext.Current.CancellationToken);
        Assert.Equal(FeedLookKind.Unsynced, Feed.Look(new SubscriberCursor(new Position(1, 7, 0, 0)), []).Kind);
        await waiting;
    }

    [Fact]
    public void A_look_that_raises_no_doubt_wakes_nobody()
    {
        Feed.Publish(_stage.Create());
        var idle = LookToTheEnd(out var cursor);
        Feed.Look(cursor, []);
        Assert.Equal(idle.Revision, Feed.Revision);
    }

    [Fact]
    public async Task The_comparison_of_versions_wakes_subscribers_of_a_feed_whose_load_has_failed()
    {
        Feed.Publish(_stage.Create());
        var subscriber = new SubscriberCursor(default);
        Feed.Join(subscriber);
        Feed.MarkUnsynced();
        var revision = Feed.Revision;
        var waiting = Feed.WaitAsync(revision, TestContext.Current.CancellationToken);
        var owners = new OwnerFeedRegistry(new CommitObservers(), TimeProvider.System);
        using var sync = new VersionSync(
            _stage.Store, _stage.Registry, owners, [owners], new ChannelState(hasChannel: true), new NotificationOptions(), new NotificationMetrics(null, () => true), _stage.Time, NullLogger<VersionSync>.Instance);
        await sync.SyncAsync(TestContext.Current.CancellationToken);
        await waiting;

        // Without a subscriber there is nothing to wake. That the last one left is a change.
        Feed.Leave(subscriber);
        revision = Feed.Revision;
        await sync.SyncAsync(TestContext.Current.CancellationToken);
        Assert.Equal(revision, Feed.Revision);
    }

    [Fact]
    public void Feeds_in_doubt_are_counted()
    {
        Assert.Equal(0, _stage.Registry.InDoubt);
        Feed.Publish(_stage.Create());
        Assert.Equal(0, _stage.Registry.InDoubt);
        Feed.MarkUnsynced();
        Assert.Equal(1, _stage.Registry.InDoubt);
        Feed.CompleteLoad(_stage.Store.State(_stage.Id), Feed.BeginLoad());
        Assert.Equal(0, _stage.Registry.InDoubt);
    }

    private FeedLook LookToTheEnd(out SubscriberCursor cursor)
    {
        cursor = new SubscriberCursor(default);
        var events = new List<StreamEvent>();
        FeedLook look;
        do
        {
            events.Clear();
            look = Feed.Look(cursor, events);
        }
        while (look.Kind == FeedLookKind.Delivered);
        return look;
    }
}
