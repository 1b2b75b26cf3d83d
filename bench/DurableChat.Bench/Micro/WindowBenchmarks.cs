using BenchmarkDotNet.Attributes;
using DurableChat.Chats;
using DurableChat.Feeds;

namespace DurableChat.Bench.Micro;

/// <summary>A subscriber catches up from the window.</summary>
public class WindowBenchmarks
{
    private readonly List<StreamEvent> _events = new(64);
    private MicroChat _chat = null!;
    private SubscriberCursor _cursor = null!;
    private Position _behind;

    /// <summary>How many messages it lacks.</summary>
    [Params(1, 50)]
    public int Events { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _chat = new MicroChat(256);
        _behind = new Position(1, _chat.Head - Events, 0, 0);
        _cursor = new SubscriberCursor(_behind);
        _chat.Feed.Look(_cursor, _events);
    }

    [Benchmark]
    public int CatchUp()
    {
        _events.Clear();
        _cursor.Position = _behind;
        _chat.Feed.Look(_cursor, _events);
        return _events.Count;
    }
}
