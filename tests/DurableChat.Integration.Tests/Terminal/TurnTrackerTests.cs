using DurableChat.Client;
using DurableChat.Server.Terminal;
using Xunit;

namespace DurableChat.Integration.Tests.Terminal;

/// <summary>Which messages of a stream are of the turn that one question began, and when that is over.</summary>
public sealed class TurnTrackerTests
{
    [Fact]
    public void A_question_that_waits_is_found_by_its_number_and_not_by_its_text()
    {
        var tracker = Queued();
        Assert.Equal([false, false, false, false, true], Take(tracker, Message(2, "user", 1), Message(3, "assistant"), Message(4, "user"), Message(5, "user", 2), Message(6, "assistant")));
        Assert.Equal((true, false), (tracker.HasBegun, tracker.IsOver));
        Assert.Equal([false, false], Take(tracker, Queue(9), Message(7, "user", 3)));
        Assert.True(tracker.IsOver);
    }

    [Fact]
    public void A_question_that_was_taken_out_of_the_queue_or_begun_by_an_older_version_is_over()
    {
        var tracker = Queued();
        Take(tracker, Queue(5, 2), Message(2, "user"), Message(3, "assistant"));
        Assert.Equal((true, false), (tracker.IsQueued, tracker.IsOver));
        Take(tracker, Queue(6, 3));
        Assert.Equal((false, false, true), (tracker.HasBegun, tracker.IsQueued, tracker.IsOver));
    }

    [Fact]
    public void A_queue_from_before_the_question_says_nothing_unless_the_history_is_another()
    {
        var tracker = Queued();
        Take(tracker, Queue(4), Queue(5, 2));
        Assert.Equal((true, false), (tracker.IsQueued, tracker.IsOver));
        Take(tracker, new HistoryResetEvent(2), Queue(4));
        Assert.True(tracker.IsOver);
    }

    [Fact]
    public void A_question_that_was_sent_directly_has_its_turn_at_once()
    {
        var tracker = new TurnTracker(own: 2, queuedId: null, known: 1, version: 5);
        Assert.Equal([false, false, true, false], Take(tracker, Queue(5), Message(2, "user"), Message(3, "assistant"), Message(4, "user", 1)));
        Assert.Equal((true, true), (tracker.HasBegun, tracker.IsOver));
    }

    /// <summary>Of a question that is number 2 of the queue since version 5.</summary>
    private static TurnTracker Queued() => new(own: null, queuedId: 2, known: 1, version: 5);

    private static List<bool> Take(TurnTracker tracker, params ChatEvent[] events) => [.. events.Select(tracker.Take)];

    private static MessageEvent Message(long id, string role, long? queuedId = null) =>
        new(new HistoryMessage(id, id - 1, role, [new MessagePart { Type = MessagePart.TextType, Text = "same" }], 0, null, null, null, default) { QueuedId = queuedId });

    private static QueueEvent Queue(long version, params long[] ids) => new([.. ids.Select(id => new QueuedMessage(id, "same", false, default))]) { Version = version };
}
