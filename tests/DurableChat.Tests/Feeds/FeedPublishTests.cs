using DurableChat.Feeds;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>What a feed makes of commits and of doubts about them.</summary>
public sealed class FeedPublishTests : IDisposable
{
    private readonly Stage _stage = new(replica: "b");
    private readonly FeedPin _pin;

    public FeedPublishTests() => _pin = _stage.Registry.Pin(_stage.Id);

    private Feed Feed => _pin.Feed;

    [Fact]
    public void What_comes_from_another_replica_is_as_old_as_it_was_told()
    {
        _stage.Publish(_stage.Create());
        var finished = _stage.Finish();
        _stage.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(Feed.PublishRemote(finished.Next, finished.Appended, TimeSpan.FromSeconds(2)));
        var message = Look().Events.OfType<MessageEvent>().Last();
        Assert.Equal(TimeSpan.FromSeconds(2), _stage.Time.GetElapsedTime(message.PublishedAt));
    }

    [Fact]
    public void Messages_of_another_replica_need_no_read_once_they_follow_what_is_there()
    {
        _stage.Publish(_stage.Create());
        var (finished, sent) = (_stage.Finish(), _stage.Send("again"));
        Assert.False(Feed.PublishRemote(sent.Next, sent.Appended, TimeSpan.Zero));
        Assert.True(Feed.PublishRemote(finished.Next, finished.Appended, TimeSpan.Zero));
        Assert.True(Feed.PublishRemote(finished.Next, finished.Appended, TimeSpan.Zero));
        Assert.False(Feed.PublishRemote(sent.Next, [], TimeSpan.Zero));
        Assert.Equal(3, Feed.Inspect(0).Window.Count);
    }

    [Fact]
    public void A_chat_that_was_missed_before_its_creation_is_there_after_it_and_only_then()
    {
        var (created, finished) = (_stage.Create(), _stage.Finish());
        Feed.MarkDeleted();
        Feed.Publish(finished);
        Assert.True(Feed.IsDeleted);
        Assert.Equal(0, Feed.Inspect(0).Version);
        Feed.Publish(created);
        Assert.False(Feed.IsDeleted);
        Assert.Equal(1, Feed.TryGetChat()!.Version);
    }

    [Fact]
    public void A_chat_that_is_gone_stays_gone_whatever_comes_late()
    {
        var (created, finished) = (_stage.Create(), _stage.Finish());
        Feed.Publish(created);
        Feed.MarkDeleted();
        Assert.Equal(0, _stage.Registry.Bytes);
        Feed.Publish(created);
        Feed.Publish(finished);
        Feed.CompleteLoad(_stage.Store.State(_stage.Id), Feed.BeginLoad());
        Assert.True(Feed.IsDeleted);
        Assert.Null(Feed.TryGetChat());
        Assert.Equal((1L, 0), (Feed.Inspect(0).Version, Feed.Inspect(0).Window.Count));
        Assert.False(Feed.MarkUnsyncedBelow(9));
        Assert.Equal(FeedLookKind.Deleted, Look().Look.Kind);
    }

    [Fact]
    public void What_comes_late_of_a_history_that_is_no_more_wakes_nobody()
    {
        Feed.Publish(_stage.Create());
        var (finished, edited) = (_stage.Finish(), _stage.Edit("again"));
        Feed.Publish(edited);
        var (revision, used) = (Feed.Revision, Feed.LastUsed);
        _stage.Time.Advance(TimeSpan.FromSeconds(1));
        Feed.Publish(finished);
        Assert.Equal((revision, used), (Feed.Revision, Feed.LastUsed));
    }

    [Fact]
    public void A_commit_heard_of_twice_is_known_as_before()
    {
        var created = _stage.Create();
        Feed.Publish(created);
        Feed.Publish(created);
        Assert.Equal(created.Next, Feed.TryGetChat());
    }

    [Fact]
    public void Only_a_first_version_tells_a_feed_that_knows_nothing_where_the_chat_stands()
    {
        _stage.Create();
        var finished = _stage.Finish();
        Feed.Publish(finished);
        Assert.Null(Feed.TryGetChat());
        Feed.CompleteLoad(_stage.Store.State(_stage.Id), Feed.BeginLoad());
        Feed.Publish(_stage.Send("again"));
        Assert.Equal(3, Feed.TryGetChat()!.Version);
    }

    [Fact]
    public void A_doubt_stays_through_commits_and_wakes_whoever_waits()
    {
        Feed.Publish(_stage.Create());
        var revision = Feed.Revision;
        Feed.MarkUnsynced();
        Assert.NotEqual(revision, Feed.Revision);
        Feed.Publish(_stage.Finish());
        Assert.Null(Feed.TryGetChat());
        Feed.CompleteLoad(_stage.Store.State(_stage.Id), Feed.BeginLoad());
        Assert.Equal(2, Feed.TryGetChat()!.Version);
    }

    [Fact]
    public void Only_a_version_beyond_the_known_one_raises_a_doubt()
    {
        // Nothing is known yet, so nobody is served wrongly; but a read that is under way may be too early.
        Assert.False(Feed.MarkUnsyncedBelow(1));
        Feed.Publish(_stage.Create());
        Assert.Null(Feed.TryGetChat());
        Feed.CompleteLoad(_stage.Store.State(_stage.Id), Feed.BeginLoad());
        Assert.False(Feed.MarkUnsyncedBelow(1));
        Assert.NotNull(Feed.TryGetChat());
        var (load, revision) = (Feed.BeginLoad(), Feed.Revision);
        Assert.True(Feed.MarkUnsyncedBelow(2));
        Assert.NotEqual(revision, Feed.Revision);
        Assert.Null(Feed.TryGetChat());

        // This read began before the doubt, so it does not answer it.
        Feed.CompleteLoad(_stage.Store.State(_stage.Id), load);
        Assert.Null(Feed.TryGetChat());
        Feed.CompleteLoad(_stage.Store.State(_stage.Id), Feed.BeginLoad());
        Assert.NotNull(Feed.TryGetChat());
    }

    [Fact]
    public void A_state_that_is_known_already_costs_the_window_nothing()
    {
        Feed.Publish(_stage.Create());
        Feed.CompleteLoad(_stage.Store.State(_stage.Id), Feed.BeginLoad());
        Assert.Equal(1, Feed.Inspect(0).Window.Count);
    }

    [Fact]
    public void A_database_that_went_back_is_followed()
    {
        var created = _stage.Create();
        Feed.Publish(created);
        Feed.Publish(_stage.Finish());
        Feed.CompleteLoad(created.Next, Feed.BeginLoad());
        Assert.Equal(created.Next, Feed.TryGetChat());
        Assert.Equal(0, Feed.Inspect(0).Window.Count);
    }

    [Fact]
    public void A_chat_that_came_to_be_while_it_was_looked_for_is_looked_for_again()
    {
        var (before, created) = (Feed.BeginLoad(), _stage.Create());
        Feed.Publish(created);
        var (revision, stale) = (Feed.Revision, Feed.BeginLoad());
        Feed.CompleteLoad(null, before);
        Assert.False(Feed.IsDeleted);
        Assert.Null(Feed.TryGetChat());
        Assert.NotEqual(revision, Feed.Revision);
        Feed.CompleteLoad(created.Next, stale);
        Assert.Null(Feed.TryGetChat());
        Feed.CompleteLoad(created.Next, Feed.BeginLoad());
        Assert.Equal(created.Next, Feed.TryGetChat());
    }

    [Fact]
    public void A_chat_that_the_database_lacks_is_gone_with_all_its_memory()
    {
        Feed.Publish(_stage.Create());
        Assert.True(_stage.Registry.Bytes > 0);
        var revision = Feed.Revision;
        Feed.CompleteLoad(null, Feed.BeginLoad());
        Assert.True(Feed.IsDeleted);
        Assert.Equal((0L, 0), (_stage.Registry.Bytes, Feed.Inspect(0).Window.Count));
        Assert.NotEqual(revision, Feed.Revision);
    }

    [Fact]
    public void Messages_that_were_read_take_memory_and_keep_the_budget()
    {
        _stage.Create(new string('x', 1_000));
        Feed.CompleteLoad(_stage.Store.State(_stage.Id), Feed.BeginLoad());
        var before = _stage.Registry.Bytes;
        _stage.Time.Advance(TimeSpan.FromSeconds(1));
        Feed.Fill(Page(1));
        Assert.InRange(_stage.Registry.Bytes, before + 1_000, before + 3_000);
        Assert.Equal(_stage.Time.GetTimestamp(), Feed.LastUsed);
        Assert.True(Feed.TryEvict());
        Assert.False(Feed.TryEvict());
        Assert.Equal(before, _stage.Registry.Bytes);
        _stage.Options.TotalBytes = before;
        Feed.CompleteLoad(_stage.Store.State(_stage.Id), Feed.BeginLoad());
        Feed.Fill(Page(1));
        Assert.Equal(0, Feed.Inspect(0).Window.Count);
    }

    [Fact]
    public void A_page_of_a_later_version_raises_a_doubt_that_only_a_later_read_settles()
    {
        Feed.Publish(_stage.Create());
        _stage.Finish();
        var load = Feed.BeginLoad();
        Feed.Fill(Page(1));
        Assert.NotNull(Feed.TryGetChat());
        Feed.Fill(Page(2));
        Assert.Null(Feed.TryGetChat());
        Feed.CompleteLoad(_stage.Store.State(_stage.Id), load);
        Assert.Null(Feed.TryGetChat());
        Feed.CompleteLoad(_stage.Store.State(_stage.Id), Feed.BeginLoad());
        Assert.Equal(2, Feed.TryGetChat()!.Version);
    }

    [Fact]
    public void A_page_that_comes_after_the_end_is_not_kept()
    {
        Feed.Publish(_stage.Create());
        var page = Page(1);
        Feed.MarkDeleted();
        Feed.Fill(page);
        Assert.Equal((0L, 0), (_stage.Registry.Bytes, Feed.Inspect(0).Window.Count));
    }

    [Fact]
    public void The_newest_messages_are_given_if_they_are_enough_or_all()
    {
        Assert.Null(Feed.TryGetHistory(1, 1));
        Feed.Publish(_stage.Create());
        Feed.Publish(_stage.Finish());
        Assert.Equal([1, 2], Feed.TryGetHistory(1_000, 1_000_000)!.Select(message => message.Id));

        // A feed that came later knows the end only.
        Assert.True(Feed.TryEvict());
        Assert.Null(Feed.TryGetHistory(1, 1));
        Feed.Publish(_stage.Send("again"));
        var bytes = Feed.Inspect(0).Window.Bytes;
        _stage.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Feed.TryGetHistory(2, bytes + 1));
        Assert.NotEqual(_stage.Time.GetTimestamp(), Feed.LastUsed);
        Assert.Equal([3], Feed.TryGetHistory(1, bytes + 1)!.Select(message => message.Id));
        Assert.Equal([3], Feed.TryGetHistory(2, bytes)!.Select(message => message.Id));
        Assert.Equal(_stage.Time.GetTimestamp(), Feed.LastUsed);
        Feed.MarkUnsynced();
        Assert.Null(Feed.TryGetHistory(1, 1));
        Feed.CompleteLoad(_stage.Store.State(_stage.Id), Feed.BeginLoad());
        Assert.NotNull(Feed.TryGetHistory(1, 1));
        _stage.Finish();
        Feed.Publish(_stage.Send("behind a hole"));
        Assert.Null(Feed.TryGetHistory(1, 1));
        Feed.MarkDeleted();
        Assert.Null(Feed.TryGetHistory(0, 0));
    }

    [Fact]
    public void Whoever_takes_hold_of_a_feed_or_lets_go_uses_it_and_a_feed_that_went_counts_nothing_any_more()
    {
        Feed.Publish(_stage.Create());
        _stage.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(Feed.TryPin());
        Assert.Equal(_stage.Time.GetTimestamp(), Feed.LastUsed);
        Assert.False(Feed.TryRemove(long.MaxValue));
        _stage.Time.Advance(TimeSpan.FromSeconds(1));
        Feed.Unpin();
        Assert.Equal(_stage.Time.GetTimestamp(), Feed.LastUsed);
        _pin.Dispose();
        Assert.False(Feed.TryRemove(Feed.LastUsed - 1));
        Assert.True(Feed.TryRemove(Feed.LastUsed));
        Assert.False(Feed.TryRemove(Feed.LastUsed));
        Assert.False(Feed.TryPin());
        Feed.Publish(_stage.Finish());
        Assert.Equal(0, _stage.Registry.Bytes);
    }

    [Fact]
    public async Task A_wait_ends_with_a_change_with_its_time_or_with_whoever_waits()
    {
        Feed.Publish(_stage.Create());
        var changed = Feed.WaitAsync(Feed.Revision, TimeSpan.FromHours(1), TestContext.Current.CancellationToken);
        Assert.False(changed.IsCompleted);
        Feed.MarkUnsynced();
        await changed;
        var patient = Feed.WaitAsync(Feed.Revision, TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        _stage.Time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(patient.IsCompleted);
        _stage.Time.Advance(TimeSpan.FromMilliseconds(1));
        await patient;
        using var leave = new CancellationTokenSource();
        var left = Feed.WaitAsync(Feed.Revision, TimeSpan.FromHours(1), leave.Token);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
    }

    public void Dispose() => _pin.Dispose();

    private (FeedLook Look, List<StreamEvent> Events) Look()
    {
        var events = new List<StreamEvent>();
        return (Feed.Look(new SubscriberCursor(default), events), events);
    }

    /// <summary>The history as it was at a version of an append.</summary>
    private CatchUpPage Page(long version) => new(
        1,
        version,
        0,
        [.. _stage.Store.History(_stage.Id).Select(message => StreamEvents.Message(_stage.Id, 1, message, publishedAt: 0))]);
}
