using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>What the delivery of a message does to the place of a subscriber, and to the parts on its screen.</summary>
public sealed class SubscriberCursorTests
{
    private readonly List<StreamEvent> _events = [];

    [Fact]
    public void The_next_message_is_delivered()
    {
        var cursor = new SubscriberCursor(new Position(1, 4, 0, 0));
        var message = Events.Message(1, 5, 4);
        Assert.True(Deliver(cursor, message));
        Assert.Equal(new Position(1, 5, 0, 0), cursor.Position);
        Assert.Same(message, Assert.Single(_events));
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(6, 5)]
    public void A_message_that_does_not_follow_is_refused_and_nothing_changes(long id, long previousId)
    {
        var position = new Position(1, 4, 2, 7);
        var cursor = new SubscriberCursor(position);
        Assert.False(Deliver(cursor, Events.Message(1, id, previousId, generation: 3)));
        Assert.Equal(position, cursor.Position);
        Assert.Empty(_events);
    }

    [Fact]
    public void An_answer_takes_the_place_of_its_parts()
    {
        var cursor = new SubscriberCursor(new Position(1, 4, 2, 7));
        Assert.True(Deliver(cursor, Events.Message(1, 5, 4, generation: 2)));
        Assert.Equal(new Position(1, 5, 2, 0), cursor.Position);
        Assert.Equal([(StreamEventType.Message, "1.5.2.0")], Delivered());
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(3, 3)]
    public void Before_another_message_the_parts_on_screen_go(long generation, long generationSeen)
    {
        var cursor = new SubscriberCursor(new Position(1, 4, 2, 7));
        Assert.True(Deliver(cursor, Events.Message(1, 5, 4, generation: generation)));
        Assert.Equal(new Position(1, 5, generationSeen, 0), cursor.Position);
        Assert.Equal([(StreamEventType.PreviewReset, "1.4.2.0"), (StreamEventType.Message, $"1.5.{generation}.0")], Delivered());
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(3, 3)]
    public void Without_parts_on_screen_there_is_nothing_to_take_back_and_the_generation_never_falls(long generation, long generationSeen)
    {
        var cursor = new SubscriberCursor(new Position(1, 4, 2, 0));
        Assert.True(Deliver(cursor, Events.Message(1, 5, 4, generation: generation)));
        Assert.Equal(new Position(1, 5, generationSeen, 0), cursor.Position);
        Assert.Equal(StreamEventType.Message, Assert.Single(_events).Type);
    }

    [Fact]
    public void A_restart_goes_to_the_beginning_past_the_window()
    {
        var cursor = new SubscriberCursor(new Position(1, 4, 2, 7));
        Assert.Equal((true, 0L, 0L, 0), (cursor.Initial, cursor.SeenStatus, cursor.SeenState, cursor.Doubt));
        Assert.Equal(cursor.Position, cursor.PositionAtLook);
        cursor.Restart(2);
        Assert.Equal(new Position(2, 0, 0, 0), cursor.Position);
    }

    private IEnumerable<(StreamEventType, string?)> Delivered() => _events.Select(sent =>
    {
        using var json = JsonDocument.Parse(sent.Json);
        return (sent.Type, json.RootElement.GetProperty("position").GetString());
    });

    private bool Deliver(SubscriberCursor cursor, MessageEvent message) => cursor.TryDeliver(message, Events.Chat, _events);
}
