using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Notifications;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>
/// A failover loses a commit that was acknowledged and shown, and another commit gets its version. Whatever a replica
/// hears first, in the end it serves what is stored, and its readers have
/// read that from the beginning.
/// </summary>
public sealed class LostCommitTests
{
    private readonly Stage _stage = new(replica: "here");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(Chat.MaxAncestors - 1)]
    public async Task A_notification_from_the_other_line_replaces_what_was_shown(int commitsBetween)
    {
        using var reader = await Reader.WithLostAnswerAsync(_stage);
        var kept = _stage.Finish("kept");
        for (var i = 0; i < commitsBetween; i++)
        {
            kept = _stage.Commit(_ => new UpdateChat(Title: $"title {i}"));
        }

        reader.Feed.PublishRemote(kept.Next, kept.Appended, TimeSpan.Zero);
        await reader.ShowsWhatIsStoredAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_hint_from_the_other_line_replaces_what_was_shown(int commitsBetween)
    {
        using var reader = await Reader.WithLostAnswerAsync(_stage);
        var kept = _stage.Finish("kept");
        for (var i = 0; i < commitsBetween; i++)
        {
            kept = _stage.Commit(_ => new UpdateChat(Title: $"title {i}"));
        }

        var hint = Notification.Read(NotificationWriter.Write(kept, "there", maxBytes: 1))!;
        Assert.Null(hint.State);
        Assert.True(reader.Feed.MarkUnsyncedBelow(hint.Version, hint.CommitId!.Value));
        await reader.ShowsWhatIsStoredAsync();
    }

    [Fact]
    public async Task A_comparison_with_the_database_finds_another_commit_of_the_same_version()
    {
        using var reader = await Reader.WithLostAnswerAsync(_stage);
        _stage.Finish("kept");
        Assert.Equal(2, Assert.Single(await _stage.Store.FindChangedAsync(_stage.Registry.Known(), CancellationToken.None)).Version);
        reader.Feed.MarkUnsynced();
        await reader.ShowsWhatIsStoredAsync();
        Assert.Empty(await _stage.Store.FindChangedAsync(_stage.Registry.Known(), CancellationToken.None));
    }

    [Fact]
    public async Task A_page_from_the_other_line_raises_a_doubt()
    {
        using var reader = await Reader.WithLostAnswerAsync(_stage);
        var kept = _stage.Finish("kept");
        reader.Feed.Fill(new CatchUpPage(1, kept.Next.Version, 1, [StreamEvents.Message(_stage.Id, 1, kept.Appended[0], 0)]) { CommitId = kept.Next.CommitId });
        Assert.Null(reader.Feed.TryGetChat());
        await reader.ShowsWhatIsStoredAsync();
    }

    [Fact]
    public async Task A_database_that_only_went_back_is_followed_and_readers_begin_again()
    {
        using var reader = await Reader.WithLostAnswerAsync(_stage);
        reader.Feed.MarkUnsynced();
        reader.Feed.CompleteLoad(_stage.Store.State(_stage.Id), reader.Feed.BeginLoad());

        // Between the load and the reader's next look: the same id, another message.
        _stage.Publish(_stage.Finish("kept"));
        await reader.ShowsWhatIsStoredAsync();
    }

    [Fact]
    public async Task Late_news_of_the_lost_line_delay_and_do_nothing_else()
    {
        using var reader = await Reader.WithLostAnswerAsync(_stage);
        var kept = _stage.Finish("kept");
        reader.Feed.PublishRemote(kept.Next, kept.Appended, TimeSpan.Zero);
        await reader.ShowsWhatIsStoredAsync();
        reader.Feed.PublishRemote(reader.Lost.Next, reader.Lost.Appended, TimeSpan.Zero);
        var next = _stage.Send("more");
        reader.Feed.PublishRemote(next.Next, next.Appended, TimeSpan.Zero);
        await reader.ShowsWhatIsStoredAsync();
        Assert.Equal(1, reader.Screen.Resets);
    }

    [Fact]
    public async Task The_next_commit_is_to_begin_an_epoch_that_no_reader_has_seen()
    {
        using var reader = await Reader.WithLostAnswerAsync(_stage);
        Assert.Equal(0, reader.Feed.LostEpoch);
        var kept = _stage.Finish("kept");
        reader.Feed.PublishRemote(kept.Next, kept.Appended, TimeSpan.Zero);
        await reader.ShowsWhatIsStoredAsync();
        Assert.Equal(1, reader.Feed.LostEpoch);
        _stage.Publish(_stage.Edit("again"));
        Assert.Equal(0, reader.Feed.LostEpoch);
    }

    [Fact]
    public void States_contradict_each_other_only_if_it_is_known()
    {
        var created = _stage.Create().Next;
        var (one, other) = (_stage.Finish().Next, created with { Version = 2, CommitId = Guid.NewGuid(), Ancestors = [created.CommitId] });
        Assert.True(one.Contradicts(other));
        Assert.True(other.Contradicts(one));
        Assert.False(one.Contradicts(created));
        Assert.False(created.Contradicts(other));
        Assert.False(one.Contradicts(other with { CommitId = Guid.Empty }));
        Assert.True(one.Contradicts(created with { CommitId = Guid.NewGuid() }));
        Assert.False((one with { Ancestors = [] }).Contradicts(created with { CommitId = Guid.NewGuid() }));
        Assert.True((one with { Ancestors = [] }).Contradicts(created with { Epoch = 2 }));
    }

    /// <summary>A reader who was shown an answer that is no longer stored.</summary>
    private sealed class Reader(Stage stage, Subscription subscription, FeedPin pin, Transition lost) : IDisposable
    {
        public Feed Feed => pin.Feed;

        public Transition Lost => lost;

        public Screen Screen { get; } = new();

        public static async Task<Reader> WithLostAnswerAsync(Stage stage)
        {
            var created = stage.Create();
            var history = stage.Store.History(stage.Id);
            var lost = stage.Finish("lost");
            stage.Publish(created, lost);
            var reader = new Reader(stage, stage.Subscribe(), stage.Registry.Pin(stage.Id), lost);
            await reader.FollowAsync(() => reader.Screen is { Status: "waiting", Texts: ["m1", "lost"] });
            stage.Store.Lose(created, history);
            return reader;
        }

        public async Task ShowsWhatIsStoredAsync()
        {
            var (state, history) = (stage.Store.State(stage.Id), stage.Store.History(stage.Id));
            var status = state.Status == ChatStatus.Waiting ? "waiting" : "running";
            await FollowAsync(() => Screen.Status == status && Screen.Texts.SequenceEqual(history.Select(message => ((TextPart)message.Parts[0]).Text)));
            Assert.Equal(state.CommitId, Feed.TryGetChat()!.CommitId);
        }

        public void Dispose()
        {
            subscription.Dispose();
            pin.Dispose();
        }

        private async Task FollowAsync(Func<bool> until)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
            var events = new List<StreamEvent>();
            while (!until())
            {
                Assert.True(await subscription.NextAsync(events, patience.Token));
                Screen.Show(events);
            }
        }
    }
}
