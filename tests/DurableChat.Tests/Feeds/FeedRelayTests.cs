using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>Parts of an answer in flight in a feed: made here, made elsewhere, and on their way.</summary>
public sealed class FeedRelayTests
{
    private long _progress;

    [Fact]
    public void Parts_are_taken_for_the_generation_that_the_chat_is_at_and_for_no_other()
    {
        var stage = new Stage(replica: "a");
        using var pin = stage.Registry.Pin(stage.Id);
        var feed = pin.Feed;
        Assert.False(feed.BeginGeneration(1));
        feed.Publish(stage.Create());
        Assert.False(feed.BeginGeneration(2));
        Assert.Null(feed.AppendPart(1, new TextPart("too early")));
        var (revision, used) = (feed.Revision, feed.LastUsed);
        stage.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(feed.BeginGeneration(1));
        Assert.True(feed.Revision > revision && feed.LastUsed > used);
        Assert.Null(feed.AppendPart(2, new TextPart("another's")));
        Assert.Equal(3, feed.AppendPart(1, new TextPart("abc")));
        Assert.Equal("abc", Assert.IsType<TextPart>(Assert.Single(feed.TryGetParts(1)!)).Text);
        Assert.Null(feed.TryGetParts(2));
        feed.Publish(stage.Finish());
        Assert.Null(feed.TryGetParts(1));
        Assert.Null(feed.AppendPart(1, new TextPart("too late")));
        Assert.False(feed.BeginGeneration(1));
    }

    [Fact]
    public void A_part_wakes_whoever_waits_and_takes_memory_once_there_is_something_to_show()
    {
        var stage = new Stage(replica: "a");
        using var pin = stage.Registry.Pin(stage.Id);
        var feed = pin.Feed;
        feed.Publish(stage.Create());
        feed.BeginGeneration(1);
        var (revision, bytes) = (feed.Revision, stage.Registry.Bytes);
        Assert.Equal(0, feed.AppendPart(1, new TextPart("\ud83d")));
        Assert.Equal((revision, bytes), (feed.Revision, stage.Registry.Bytes));
        Assert.Equal(2, feed.AppendPart(1, new TextPart("\ude00")));
        Assert.True(feed.Revision > revision && stage.Registry.Bytes > bytes);
    }

    [Fact]
    public void A_rewrite_or_the_loss_of_the_worker_ends_the_parts_and_a_rename_does_not()
    {
        foreach (var ends in new Func<Stage, Transition>[] { stage => stage.Edit("again"), stage => stage.Finish(), Lose, Call })
        {
            var stage = new Stage(replica: "a");
            using var pin = stage.Registry.Pin(stage.Id);
            pin.Feed.Publish(stage.Create());
            pin.Feed.BeginGeneration(1);
            pin.Feed.AppendPart(1, new TextPart("abc"));
            pin.Feed.Publish(stage.Commit(_ => new UpdateChat(Title: "renamed")));
            Assert.NotNull(pin.Feed.TryGetParts(1));
            pin.Feed.Publish(ends(stage));
            Assert.Null(pin.Feed.TryGetParts(1));
        }
    }

    [Fact]
    public void Parts_are_wanted_while_somebody_follows_a_chat_that_another_replica_drives()
    {
        var stage = new Stage(replica: "b");
        var asked = 0;
        stage.Registry.RelayNeeded += _ => asked++;
        using var pin = stage.Registry.Pin(stage.Id);
        var feed = pin.Feed;
        feed.Publish(stage.Create());
        Assert.Null(feed.RelayTarget);
        Assert.Equal(0, asked);
        var (first, second) = (new SubscriberCursor(default), new SubscriberCursor(default));
        feed.Join(first);
        Assert.Equal((new RelayTarget("a", 0, 0), 1), (feed.RelayTarget, asked));
        Assert.Equal(RelayOutcome.Taken, feed.AppendRelayed(Frame("abc")));
        Assert.Equal(new RelayTarget("a", 1, 1), feed.RelayTarget);
        feed.CompleteLoad(stage.Store.State(stage.Id), feed.BeginLoad());
        Assert.Equal(2, asked);
        feed.Join(second);
        var revision = feed.Revision;
        feed.Leave(first);
        Assert.Equal(revision, feed.Revision);
        Assert.NotNull(feed.RelayTarget);
        feed.Leave(second);
        Assert.NotEqual(revision, feed.Revision);
        Assert.Null(feed.RelayTarget);
        feed.Join(second);
        feed.Publish(stage.Finish());
        Assert.Null(feed.RelayTarget);
    }

    [Fact]
    public void A_chat_that_is_gone_or_driven_here_wants_no_parts()
    {
        foreach (var replica in new[] { "a", "b" })
        {
            var stage = new Stage(replica: replica);
            using var pin = stage.Registry.Pin(stage.Id);
            pin.Feed.Join(new SubscriberCursor(default));
            pin.Feed.Publish(stage.Create());
            Assert.Equal(replica == "b", pin.Feed.RelayTarget is not null);
            pin.Feed.MarkDeleted();
            Assert.Null(pin.Feed.RelayTarget);
            Assert.Equal(RelayOutcome.Taken, pin.Feed.AppendRelayed(Frame("abc")));
            Assert.Null(pin.Feed.TryGetParts(1));
        }
    }

    [Fact]
    public void Relayed_parts_follow_each_other_and_repetitions_are_left_out()
    {
        var stage = new Stage(replica: "b");
        using var pin = stage.Registry.Pin(stage.Id);
        var feed = pin.Feed;
        Assert.Equal(RelayOutcome.Ahead, feed.AppendRelayed(Frame("a")));
        feed.Publish(stage.Create());
        Assert.Equal(RelayOutcome.Gap, feed.AppendRelayed(Frame("b", firstSeq: 2)));
        var (revision, bytes, used) = (feed.Revision, stage.Registry.Bytes, feed.LastUsed);
        stage.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(RelayOutcome.Taken, feed.AppendRelayed(Frame("ab")));
        Assert.True(feed.Revision > revision && stage.Registry.Bytes > bytes && feed.LastUsed > used);
        Assert.Equal(RelayOutcome.Gap, feed.AppendRelayed(Frame("d", firstSeq: 4)));
        Assert.Equal(RelayOutcome.Taken, feed.AppendRelayed(Frame("bc", firstSeq: 2)));
        Assert.Equal(RelayOutcome.Taken, feed.AppendRelayed(Frame("d", firstSeq: 4)));
        Assert.Equal("abcd", Assert.IsType<TextPart>(Assert.Single(feed.TryGetParts(1)!)).Text);
        Assert.Equal(4, feed.Inspect(0).Live!.LastSeq);
    }

    [Theory]
    [InlineData(3, 1, 1, 1, nameof(RelayOutcome.Ahead))]
    [InlineData(2, 3, 3, 1, nameof(RelayOutcome.Ahead))]
    [InlineData(2, 2, 4, 1, nameof(RelayOutcome.Ahead))]
    [InlineData(2, 3, 4, 1, nameof(RelayOutcome.Ahead))]
    [InlineData(1, 2, 3, 1, nameof(RelayOutcome.Taken))]
    [InlineData(1, 9, 9, 1, nameof(RelayOutcome.Taken))]
    [InlineData(2, 1, 3, 1, nameof(RelayOutcome.Taken))]
    [InlineData(2, 2, 2, 1, nameof(RelayOutcome.Taken))]
    [InlineData(2, 2, 3, 2, nameof(RelayOutcome.Gap))]
    public void A_frame_of_another_place_than_the_chats_changes_nothing(long epoch, long generation, long baseMessageId, long firstSeq, string outcome)
    {
        var stage = new Stage(replica: "b");
        using var pin = stage.Registry.Pin(stage.Id);
        pin.Feed.Publish(stage.Create());
        pin.Feed.Publish(stage.Finish());
        pin.Feed.Publish(stage.Edit("again"));
        var chat = pin.Feed.TryGetChat()!;
        Assert.Equal((2L, 2L, 3L), (chat.Epoch, chat.Generation, chat.LastMessageId));
        Assert.Equal(outcome, $"{pin.Feed.AppendRelayed(new RelayFrame(chat.Version, epoch, baseMessageId, generation, firstSeq, [1], new TextPart("a")))}");
        Assert.Null(pin.Feed.Inspect(0).Live);
        Assert.Equal(RelayOutcome.Taken, pin.Feed.AppendRelayed(new RelayFrame(chat.Version, 2, 3, 2, 1, [1], new TextPart("a"))));
        Assert.Equal(1, pin.Feed.Inspect(0).Live!.LastSeq);
    }

    [Fact]
    public void Parts_of_the_generation_before_do_not_stay_in_those_of_the_next()
    {
        var stage = new Stage(replica: "b");
        using var pin = stage.Registry.Pin(stage.Id);
        pin.Feed.Publish(stage.Create());
        pin.Feed.AppendRelayed(Frame("old"));
        pin.Feed.Publish(stage.Finish());
        pin.Feed.Publish(stage.Send("again"));
        Assert.Equal(RelayOutcome.Taken, pin.Feed.AppendRelayed(new RelayFrame(3, 1, 3, 2, 1, [3], new TextPart("new"))));
        Assert.Null(pin.Feed.TryGetParts(1));
        Assert.Equal("new", Assert.IsType<TextPart>(Assert.Single(pin.Feed.TryGetParts(2)!)).Text);
    }

    [Fact]
    public void Parts_for_another_replica_come_from_where_it_is_and_from_the_beginning_of_a_new_generation()
    {
        var stage = new Stage(replica: "a");
        using var pin = stage.Registry.Pin(stage.Id);
        var feed = pin.Feed;
        long generation = 0, seq = 0;
        Assert.False(feed.LookForRelay(ref generation, ref seq, ref _progress, out var frame, out _));
        feed.Publish(stage.Create());
        stage.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(feed.LookForRelay(ref generation, ref seq, ref _progress, out frame, out var revision));
        Assert.Equal((null, 0L, 0L, feed.Revision, stage.Time.GetTimestamp()), (frame, generation, seq, revision, feed.LastUsed));
        feed.BeginGeneration(1);
        feed.AppendPart(1, new TextPart("ab"));
        feed.AppendPart(1, new TextPart("c"));
        Assert.True(feed.LookForRelay(ref generation, ref seq, ref _progress, out frame, out _));
        Assert.Equal((1L, 2L, 1L, "abc"), (generation, seq, frame!.FirstSeq, ((TextPart)frame.Part).Text));
        Assert.True(feed.LookForRelay(ref generation, ref seq, ref _progress, out frame, out _));
        Assert.Equal((null, 1L, 2L), (frame, generation, seq));
        feed.AppendPart(1, new TextPart("d"));
        Assert.True(feed.LookForRelay(ref generation, ref seq, ref _progress, out frame, out _));
        Assert.Equal((3L, 3L, "d"), (seq, frame!.FirstSeq, ((TextPart)frame.Part).Text));

        // Whoever claims to be ahead is told all anew: it followed another answer.
        seq = 9;
        Assert.True(feed.LookForRelay(ref generation, ref seq, ref _progress, out frame, out _));
        Assert.Equal((3L, 1L), (seq, frame!.FirstSeq));
        generation = 7;
        Assert.True(feed.LookForRelay(ref generation, ref seq, ref _progress, out frame, out _));
        Assert.Equal((1L, 3L, 1L), (generation, seq, frame!.FirstSeq));
        feed.Publish(stage.Finish());
        Assert.False(feed.LookForRelay(ref generation, ref seq, ref _progress, out frame, out _));
        Assert.Null(frame);
        feed.Publish(stage.Send("again"));
        Assert.True(feed.LookForRelay(ref generation, ref seq, ref _progress, out _, out _));
        feed.MarkDeleted();
        Assert.False(feed.LookForRelay(ref generation, ref seq, ref _progress, out _, out _));
    }

    [Fact]
    public void A_chat_that_another_replica_drives_is_relayed_to_nobody()
    {
        var stage = new Stage(replica: "b");
        using var pin = stage.Registry.Pin(stage.Id);
        pin.Feed.Publish(stage.Create());
        pin.Feed.AppendRelayed(Frame("abc"));
        long generation = 0, seq = 0;
        Assert.False(pin.Feed.LookForRelay(ref generation, ref seq, ref _progress, out var frame, out _));
        Assert.Null(frame);
    }

    [Fact]
    public void The_progress_of_a_tool_reaches_those_who_follow_elsewhere_and_each_text_once()
    {
        var stage = new Stage(replica: "a");
        using var here = stage.Registry.Pin(stage.Id);
        using var there = new FeedRegistry(stage.Options, stage.Metrics, stage.Time) { Replica = "b" }.Pin(stage.Id);
        Transition[] begun = [stage.Create(), Call(stage)];
        foreach (var transition in begun)
        {
            here.Feed.Publish(transition);
        }

        here.Feed.ShowProgress(1, "c", "half \"way\"");
        long generation = 0, seq = 0, progress = 0;
        Assert.True(here.Feed.LookForRelay(ref generation, ref seq, ref progress, out var frame, out _));
        Assert.True(frame!.IsWhole);
        Assert.Equal(new RelayedProgress("c", "half \"way\""), frame.Progress);

        // It has overtaken the commit of the call; then it is shown, and not taken for a part.
        Assert.Equal(RelayOutcome.Ahead, there.Feed.AppendRelayed(frame));
        foreach (var transition in begun)
        {
            there.Feed.Publish(transition);
        }

        Assert.Equal(RelayOutcome.Taken, there.Feed.AppendRelayed(frame));
        var events = new List<StreamEvent>();
        there.Feed.Look(new SubscriberCursor(new Position(1, 2, 1, 0)), events);
        var shown = Assert.Single(events, shown => shown.Type == StreamEventType.ToolProgress);
        Assert.Contains("half", System.Text.Encoding.UTF8.GetString(shown.Json.Span), StringComparison.Ordinal);
        Assert.Null(there.Feed.TryGetParts(1));
        Assert.True(here.Feed.LookForRelay(ref generation, ref seq, ref progress, out frame, out _));
        Assert.Null(frame);
        here.Feed.ShowProgress(1, "c", "done");
        Assert.True(here.Feed.LookForRelay(ref generation, ref seq, ref progress, out frame, out _));
        Assert.Equal("done", frame!.Progress!.Text);
    }

    [Fact]
    public void An_earlier_version_takes_a_frame_of_progress_for_a_part_that_it_has()
    {
        var stage = new Stage(replica: "b");
        stage.Publish(stage.Create(), Call(stage));
        using var pin = stage.Registry.Pin(stage.Id);
        Assert.Equal(RelayOutcome.Taken, pin.Feed.AppendRelayed(new RelayFrame(2, 1, 2, 1, 1, [0], new TextPart(""))));
        Assert.Null(pin.Feed.TryGetParts(1));
    }

    /// <summary>Parts of one character each, of the first answer.</summary>
    private static RelayFrame Frame(string text, long firstSeq = 1) => text.Length == 3 && firstSeq == 1
        ? new RelayFrame(1, 1, 1, 1, 1, [3], new TextPart(text))
        : new RelayFrame(1, 1, 1, 1, firstSeq, [.. Enumerable.Repeat(1, text.Length)], new TextPart(text));

    private static Transition Call(Stage stage) => stage.Commit(
        chat => new CommitStep(chat.Lease!.Token, chat.Generation) { Answer = new Answer([new ToolCallPart("c", "tool", "{}")], FinishReason.ToolCalls) });

    private static Transition Lose(Stage stage) => stage.Commit(chat => new ReleaseLease(chat.Lease!.Token, chat.Generation, null));
}
