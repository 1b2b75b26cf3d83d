using DurableChat.Chats;
using DurableChat.Feeds;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>Which events of a chat's state are made anew, which stay as they were, and whom they reach.</summary>
public sealed class StateEventsTests
{
    private static readonly ChatError _error = new("model_unavailable", "The model is away.", Retryable: true);

    private static readonly Chat _chat = new()
    {
        Id = ChatId.Create(DateTimeOffset.UnixEpoch),
        Owner = "ann",
        Title = "title",
        Model = "demo",
        Status = ChatStatus.RequiresAction,
        Version = 7,
        Epoch = 1,
        Queue = [new QueuedMessage(3, "next", Urgent: false, DateTimeOffset.UnixEpoch)],
        Retry = new RetryState(1, 5, _error, DateTimeOffset.UnixEpoch),
        Error = _error,
        PendingToolCalls = [new ToolCallPart("call-1", "look_up", "{}")],
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
    };

    private static readonly StateEvents _events = StateEvents.Of(_chat, before: null, earlier: null, publishedAt: 42);

    [Fact]
    public void The_first_events_have_the_version_and_the_time_of_their_state()
    {
        Assert.Equal((7, 7), (_events.Status.Version, _events.Queue.Version));
        Assert.Equal((StreamEventType.Status, StreamEventType.QueueUpdate), (_events.Status.Event.Type, _events.Queue.Event.Type));
        Assert.Equal([StreamEventType.Retry, StreamEventType.Error, StreamEventType.ActionRequired, StreamEventType.QueueUpdate], Types(After(_events, 6)));
        Assert.All([_events.Status.Event, .. After(_events, 6)], sent => Assert.Equal(42, sent.PublishedAt));
    }

    [Fact]
    public void Other_settings_of_the_chat_are_a_change_that_is_shown()
    {
        var next = _chat with { Version = 8, Settings = new GenerationSettings { Temperature = 0.5 } };
        var shown = StateEvents.Of(next, _chat, _events, publishedAt: 43);
        Assert.Equal(8, shown.Status.Version);
        Assert.Contains("\"settings\":{\"temperature\":0.5}", System.Text.Encoding.UTF8.GetString(shown.Status.Event.Json.Span), StringComparison.Ordinal);
        Assert.DoesNotContain("settings", System.Text.Encoding.UTF8.GetString(_events.Status.Event.Json.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void Their_memory_is_that_of_each()
    {
        Assert.Equal(_events.Status.Event.Bytes + After(_events, 6).Sum(sent => sent.Bytes), _events.Bytes);
        var calm = Of(_chat with { Retry = null, Error = null, Status = ChatStatus.Waiting });
        Assert.Equal(calm.Status.Event.Bytes + calm.Queue.Event.Bytes, calm.Bytes);
    }

    [Fact]
    public void What_still_holds_is_kept_with_its_version()
    {
        // Equal is enough for all but the calls, which a transition hands on as they are.
        var next = _chat with { Version = 8, Queue = [.. _chat.Queue], Retry = _chat.Retry! with { }, Error = _error with { } };
        var kept = StateEvents.Of(next, _chat, _events, publishedAt: 43);
        Assert.Equal(_events.Status, kept.Status);
        Assert.Equal(_events.Queue, kept.Queue);
        Assert.Empty(After(kept, 7));
        Assert.Equal(After(_events, 6), After(kept, 6));
    }

    [Fact]
    public void Where_versions_were_skipped_the_status_is_told_again_and_nothing_else()
    {
        var later = StateEvents.Of(_chat with { Version = 9 }, _chat, _events, publishedAt: 43);
        Assert.Equal((9, 43), (later.Status.Version, later.Status.Event.PublishedAt));
        Assert.Empty(After(later, 7));
        Assert.Equal(After(_events, 6), After(later, 6));
    }

    [Fact]
    public void Whatever_the_status_tells_makes_it_anew_when_it_changes()
    {
        Chat[] changed =
        [
            _chat with { Status = ChatStatus.Waiting },
            _chat with { Title = "another" },
            _chat with { Model = "another" },
            _chat with { Archived = true },
        ];
        Assert.All(changed, next => Assert.Equal(8, StateEvents.Of(next with { Version = 8 }, _chat, _events, publishedAt: 43).Status.Version));
    }

    [Fact]
    public void What_has_changed_is_told_alone()
    {
        Assert.Equal([StreamEventType.QueueUpdate], ToldOf(_chat with { Queue = [] }));
        Assert.Equal([StreamEventType.Retry], ToldOf(_chat with { Retry = _chat.Retry! with { Attempt = 2 } }));
        Assert.Equal([StreamEventType.Error], ToldOf(_chat with { Error = _error with { Retryable = false } }));
        Assert.Equal([StreamEventType.ActionRequired], ToldOf(_chat with { PendingToolCalls = [new ToolCallPart("call-2", "look_up", "{}")] }));
    }

    [Fact]
    public void What_is_over_is_not_told()
    {
        Assert.Equal([StreamEventType.Error, StreamEventType.ActionRequired, StreamEventType.QueueUpdate], TypesLeft(_chat with { Retry = null }));
        Assert.Equal([StreamEventType.Retry, StreamEventType.ActionRequired, StreamEventType.QueueUpdate], TypesLeft(_chat with { Error = null }));

        // The calls may be pending still, but nobody need act.
        Assert.Equal([StreamEventType.Retry, StreamEventType.Error, StreamEventType.QueueUpdate], TypesLeft(_chat with { Status = ChatStatus.Running }));
    }

    [Fact]
    public void What_was_over_and_comes_again_is_told_again()
    {
        var over = _chat with { Version = 8, Retry = null, Error = null, Status = ChatStatus.Running };
        var between = StateEvents.Of(over, _chat, _events, publishedAt: 43);
        var again = StateEvents.Of(_chat with { Version = 9 }, over, between, publishedAt: 44);
        Assert.Equal([StreamEventType.Retry, StreamEventType.Error, StreamEventType.ActionRequired], Types(After(again, 8)));
    }

    [Fact]
    public void Without_the_events_or_the_state_before_all_are_made_anew()
    {
        var next = _chat with { Version = 8 };
        Assert.All([StateEvents.Of(next, _chat, null, 43), StateEvents.Of(next, null, _events, 43)], made =>
        {
            Assert.Equal((8, 8), (made.Status.Version, made.Queue.Version));
            Assert.Equal([StreamEventType.Retry, StreamEventType.Error, StreamEventType.ActionRequired, StreamEventType.QueueUpdate], Types(After(made, 7)));
        });
    }

    [Fact]
    public void Nobody_is_told_twice()
    {
        Assert.Equal(4, After(_events, 6).Count);
        Assert.Empty(After(_events, 7));
        Assert.Empty(After(_events, 8));
    }

    private static StateEvents Of(Chat chat) => StateEvents.Of(chat, before: null, earlier: null, publishedAt: 0);

    /// <summary>What a subscriber that has seen the state before is told of the next one, the status aside.</summary>
    private static IEnumerable<StreamEventType> ToldOf(Chat next) => Types(After(StateEvents.Of(next with { Version = 8 }, _chat, _events, publishedAt: 43), 7));

    private static IEnumerable<StreamEventType> TypesLeft(Chat next) => Types(After(StateEvents.Of(next with { Version = 8 }, _chat, _events, publishedAt: 43), 0));

    private static List<StreamEvent> After(StateEvents of, long seenState)
    {
        var events = new List<StreamEvent>();
        of.AddChangesAfter(seenState, events);
        return events;
    }

    private static IEnumerable<StreamEventType> Types(IEnumerable<StreamEvent> events) => events.Select(sent => sent.Type);
}
