using DurableChat.Chats;
using DurableChat.Feeds;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>Which progress of tools a subscriber gets.</summary>
public sealed class ProgressEventsTests
{
    private readonly ChatId _chat = ChatId.Create(DateTimeOffset.UnixEpoch);
    private readonly ProgressEvents _progress = new();

    [Fact]
    public void A_reader_gets_the_newest_of_each_call_once()
    {
        var (first, second, other) = (Text("a", "1"), Text("a", "2"), Text("b", "1"));
        _progress.Show("a", first);
        _progress.Show("b", other);
        _progress.Show("a", second);
        var events = new List<StreamEvent>();
        var seen = _progress.ReadAfter(0, events);
        Assert.Equal([other, second], events);
        events.Clear();
        Assert.Equal(seen, _progress.ReadAfter(seen, events));
        Assert.Empty(events);
        _progress.Show("b", first);
        _progress.ReadAfter(seen, events);
        Assert.Equal([first], events);
    }

    [Fact]
    public void Calls_that_are_no_longer_pending_are_forgotten_with_their_memory()
    {
        _progress.Show("a", Text("a", "1"));
        _progress.Show("b", Text("b", "1"));
        _progress.Keep([new ToolCallPart("b", "tool", "{}")]);
        var events = new List<StreamEvent>();
        _progress.ReadAfter(0, events);
        Assert.Equal(events.Sum(shown => shown.Bytes), _progress.Bytes);
        Assert.Single(events);
        _progress.Keep([]);
        Assert.Equal(0, _progress.Bytes);
    }

    [Fact]
    public void A_read_allocates_nothing()
    {
        _progress.Show("a", Text("a", "1"));
        var events = new List<StreamEvent>(4);
        _progress.ReadAfter(0, events);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
        {
            events.Clear();
            _progress.ReadAfter(0, events);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private StreamEvent Text(string call, string text) => StreamEvents.Progress(_chat, call, text, publishedAt: 0);
}
