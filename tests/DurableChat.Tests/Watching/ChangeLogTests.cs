using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Watching;
using Xunit;

namespace DurableChat.Tests.Watching;

/// <summary>What a watcher is given, and what it costs.</summary>
public sealed class ChangeLogTests
{
    private static readonly ChatId[] _chats = [.. Enumerable.Range(0, 2_000).Select(_ => ChatId.Create(DateTimeOffset.UnixEpoch))];

    private readonly ChangeLog _log = new(1_000);

    [Fact]
    public void A_look_costs_what_came_since_the_last_however_many_chats_changed_before()
    {
        var seen = 0L;
        for (var chat = 0; chat < 1_000; chat++)
        {
            Add(chat, 1);
        }

        Assert.Equal(1_000, Read(ref seen).Looked);
        Add(5, 2);
        var (events, looked) = Read(ref seen);
        Assert.Equal((1, 1), (events.Count, looked));
        Assert.Equal((0, 0), (Read(ref seen).Events.Count, Read(ref seen).Looked));
    }

    [Fact]
    public void One_look_gives_no_more_than_is_wanted_and_the_next_goes_on_from_there()
    {
        for (var chat = 0; chat < 100; chat++)
        {
            Add(chat, 1);
        }

        var seen = 0L;
        var counts = new List<int>();
        while (Read(ref seen, max: 30).Events is { Count: > 0 } events)
        {
            counts.Add(events.Count);
        }

        Assert.Equal([30, 30, 30, 10], counts);
        Assert.Equal(_log.Last, seen);
    }

    [Fact]
    public void One_chat_that_changes_without_pause_takes_no_memory_and_pushes_nothing_out()
    {
        Add(0, 1);
        var seen = 0L;
        for (var version = 1; version <= 100_000; version++)
        {
            Add(1, version);
            Assert.InRange(_log.Count, 1, 2_001);
        }

        Assert.Equal(2, Read(ref seen).Events.Count);
        Assert.Equal(0, _log.Floor);
        Assert.False(Add(1, 100_000));
    }

    [Fact]
    public void Who_has_seen_less_than_what_was_dropped_must_begin_again()
    {
        for (var chat = 0; chat < 1_001; chat++)
        {
            Add(chat, 1);
        }

        Assert.Equal((1, 1_001), (_log.Floor, _log.Last));
        _log.Clear();
        Assert.Equal((1_002, 1_002, 0), (_log.Floor, _log.Last, _log.Count));
        Assert.True(Add(0, 1));
    }

    [Fact]
    public void Readers_at_any_place_know_the_newest_word_on_each_chat()
    {
        var random = new Random(42);
        var versions = new int[_chats.Length];
        var readers = Enumerable.Range(0, 5).Select(_ => (Seen: 0L, Known: new Dictionary<string, int>())).ToArray();
        var log = new ChangeLog(50);
        for (var step = 0; step < 20_000; step++)
        {
            var chat = random.Next(step % 3 == 0 ? 60 : 5);
            log.Add(_chats[chat], ++versions[chat], Event(chat, versions[chat]));
            ref var reader = ref readers[random.Next(readers.Length)];
            if (reader.Seen < log.Floor)
            {
                reader.Known = versions.Index().Where(entry => entry.Item > 0).ToDictionary(entry => $"{entry.Index}", entry => entry.Item);
                reader.Seen = log.Last;
                continue;
            }

            var events = new List<StreamEvent>();
            do
            {
                events.Clear();
                log.ReadAfter(ref reader.Seen, events, 7);
                foreach (var text in events.Select(sent => System.Text.Encoding.UTF8.GetString(sent.Json.Span).Split(' ')))
                {
                    reader.Known[text[0]] = int.Parse(text[1], System.Globalization.CultureInfo.InvariantCulture);
                }
            }
            while (events.Count > 0);
            Assert.Equal(versions.Index().Where(entry => entry.Item > 0).Select(entry => ($"{entry.Index}", entry.Item)).OrderBy(entry => entry), reader.Known.Select(entry => (entry.Key, entry.Value)).OrderBy(entry => entry));
        }
    }

    private bool Add(int chat, int version) => _log.Add(_chats[chat], version, Event(chat, version));

    private (List<StreamEvent> Events, int Looked) Read(ref long seen, int max = int.MaxValue)
    {
        var events = new List<StreamEvent>();
        var looked = _log.ReadAfter(ref seen, events, max);
        return (events, looked);
    }

    private static StreamEvent Event(int chat, int version) => new(StreamEventType.Chat, null, System.Text.Encoding.UTF8.GetBytes($"{chat} {version}"), 0);
}
