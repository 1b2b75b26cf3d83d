using CsCheck;
using DurableChat.Chats;
using DurableChat.Feeds;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>The answer in flight, read from any part on.</summary>
public sealed class LiveGenerationTests
{
    private static readonly ChatId _chat = ChatId.Create(DateTimeOffset.UnixEpoch);

    private static readonly Gen<MessagePart> _parts = Gen.Frequency(
        (6, Gen.String[Gen.Char.AlphaNumeric, 0, 30].Select(text => (MessagePart)new TextPart(text))),
        (2, Gen.String[Gen.Char, 0, 5].Select(text => (MessagePart)new TextPart(text))),
        (2, Gen.String[Gen.Char.AlphaNumeric, 1, 3_000].Select(text => (MessagePart)new ReasoningPart(text))),
        (1, Gen.Int[1, 999].Select(number => (MessagePart)new ToolCallPart($"c{number}", "tool", "{}"))));

    [Fact]
    public void A_reader_at_any_part_gets_exactly_the_rest() =>
        Gen.Select(_parts.Array[0, 300], Gen.Int[0, 300], Gen.Int[1, 10]).Sample((parts, at, batch) =>
        {
            var live = new LiveGeneration(_chat, 1, 4, 7);
            foreach (var part in parts)
            {
                live.Append(part, 0);
            }

            // Somebody who was there from the start and somebody who comes at part `at` end with the same.
            var whole = Follow(live, 0, batch);
            Assert.Equal(string.Concat(live.ToParts().Select(Text)), whole);
            var from = Math.Min(at, live.LastSeq);
            Assert.EndsWith(Follow(live, from, batch), whole, StringComparison.Ordinal);
            Assert.Equal(whole, Prefix(parts, from) + Follow(live, from, batch));
        }, iter: 500);

    [Fact]
    public void A_late_joiner_gets_few_frames_of_bounded_size()
    {
        var live = new LiveGeneration(_chat, 1, 4, 7);
        for (var i = 0; i < 10_006; i++)
        {
            live.Append(new TextPart("word "), 0);
        }

        var events = new List<StreamEvent>();
        Assert.Equal(10_006, live.ReadAfter(0, events, int.MaxValue));

        // 50,030 characters in frames of at most 16 Ki.
        Assert.Equal(4, events.Count);
        Assert.All(events, sent => Assert.True(sent.Json.Length < 17_000));
    }

    [Fact]
    public void The_newest_64_parts_are_given_as_they_were_published_and_older_ones_joined()
    {
        var live = new LiveGeneration(_chat, 1, 4, 7);
        for (var seq = 1; seq <= 65; seq++)
        {
            live.Append(new TextPart("word "), publishedAt: seq);
        }

        List<StreamEvent> recent = [], joined = [], few = [], none = [];
        Assert.Equal(65, live.ReadAfter(1, recent, int.MaxValue));
        Assert.Equal(Enumerable.Range(2, 64).Select(seq => (long)seq), recent.Select(sent => sent.PublishedAt));
        Assert.Equal(65, live.ReadAfter(0, joined, int.MaxValue));
        Assert.Equal(0, Assert.Single(joined).PublishedAt);
        Assert.Equal(63, live.ReadAfter(60, few, 3));
        Assert.Equal(recent[59..62], few);
        Assert.Equal(65, live.ReadAfter(65, none, 3));
        Assert.Equal(62, live.ReadAfter(62, none, 0));
        Assert.Empty(none);
    }

    [Fact]
    public void A_frame_for_another_replica_carries_as_much_as_it_may_and_not_one_part_more()
    {
        var live = new LiveGeneration(_chat, 1, 4, 7);
        Assert.Null(live.ReadForRelay(0, version: 9));
        int[] lengths = [8_192, 8_192, 1, 16_384, 16_385, 1];
        foreach (var length in lengths)
        {
            live.Append(new TextPart(new string('x', length)), 0);
        }

        Assert.Equal([8_192, 8_192], live.ReadForRelay(0, version: 9)!.Lengths);
        Assert.Equal([8_192, 1], live.ReadForRelay(1, version: 9)!.Lengths);
        Assert.Equal([1], live.ReadForRelay(2, version: 9)!.Lengths);
        Assert.Equal([16_384], live.ReadForRelay(3, version: 9)!.Lengths);
        Assert.Equal([16_385], live.ReadForRelay(4, version: 9)!.Lengths);
        Assert.Equal([1], live.ReadForRelay(5, version: 9)!.Lengths);
        Assert.Null(live.ReadForRelay(6, version: 9));
    }

    [Fact]
    public void Readers_in_step_share_the_same_bytes()
    {
        var live = new LiveGeneration(_chat, 1, 4, 7);
        for (var i = 0; i < 200; i++)
        {
            live.Append(new TextPart("word "), 0);
        }

        List<StreamEvent> one = [], other = [];
        live.ReadAfter(0, one, 100);
        live.ReadAfter(0, other, 100);
        Assert.Equal(one.Count, other.Count);
        Assert.All(one.Zip(other), pair => Assert.Same(pair.First, pair.Second));
    }

    [Fact]
    public void Half_a_character_waits_for_its_other_half()
    {
        var live = new LiveGeneration(_chat, 1, 4, 7);
        Assert.True(live.Append(new TextPart("a\ud83d"), 0));
        Assert.True(live.Append(new TextPart("\ude00b"), 0));
        Assert.False(live.Append(new TextPart("\ud83d"), 0));
        Assert.Equal("a\ud83d\ude00b", Follow(live, 0, 10));
    }

    [Fact]
    public void Memory_counts_the_text_and_not_every_part_that_ever_was()
    {
        var live = new LiveGeneration(_chat, 1, 4, 7);
        for (var i = 0; i < 20_000; i++)
        {
            live.Append(new TextPart("word "), 0);
        }

        Assert.InRange(live.Bytes, 100_000 * sizeof(char), 450_000);
    }

    [Fact]
    public void Memory_is_what_the_newest_64_parts_take_and_the_text_of_all() => _parts.Array[0, 200].Sample(
        parts =>
        {
            var live = new LiveGeneration(_chat, 1, 4, 7);
            var shown = parts.Where(part => live.Append(part, 0)).ToList();
            var recent = new List<StreamEvent>();
            live.ReadAfter(Math.Max(0, live.LastSeq - 64), recent, int.MaxValue);
            Assert.Equal(Math.Min(64, shown.Count), recent.Count);
            var chars = live.ToParts().Sum(MessagePart.CharsOf);
            Assert.Equal(chars, live.Chars);
            Assert.Equal(recent.Sum(sent => sent.Bytes) + (chars * sizeof(char)) + (shown.Count * sizeof(int)), live.Bytes);
        },
        iter: 200);

    [Fact]
    public void A_call_is_as_long_as_its_id_name_and_arguments_and_a_result_as_what_it_says()
    {
        Assert.Equal(7, MessagePart.CharsOf(new ToolCallPart("id", "abc", "{}")));
        Assert.Equal(4, MessagePart.CharsOf(new ToolResultPart("id", "text")));
        Assert.Equal(2, MessagePart.CharsOf(new TextPart("ab")));
        Assert.Equal(3, MessagePart.CharsOf(new ReasoningPart("abc")));
    }

    [Fact]
    public void Half_a_character_is_dropped_with_a_change_of_kind()
    {
        var live = new LiveGeneration(_chat, 1, 4, 7);
        live.Append(new TextPart("a\ud83d"), 0);
        live.Append(new ReasoningPart("b"), 0);
        live.Append(new ReasoningPart("c\ud83d"), 0);
        live.Append(new ToolCallPart("1", "look_up", "{}"), 0);
        live.Append(new ReasoningPart("d"), 0);
        Assert.Equal([new TextPart("a"), new ReasoningPart("bc"), new ToolCallPart("1", "look_up", "{}"), new ReasoningPart("d")], live.ToParts());
    }

    [Fact]
    public void At_most_32_joined_frames_are_kept_for_those_who_come_after()
    {
        var live = new LiveGeneration(_chat, 1, 4, 7);
        for (var i = 0; i < 200; i++)
        {
            live.Append(new TextPart("word "), 0);
        }

        Assert.Equal(32, CountKept());
        live.Append(new TextPart("word "), 0);
        Assert.Equal(32, CountKept());

        int CountKept() => Enumerable.Range(0, 40).Select(seq => First(seq)).ToList().Index().Count(read => ReferenceEquals(read.Item, First(read.Index)));

        StreamEvent First(int seq)
        {
            var events = new List<StreamEvent>();
            live.ReadAfter(seq, events, 1);
            return Assert.Single(events);
        }
    }

    [Fact]
    public void Parts_go_to_another_replica_joined_and_with_the_length_of_each() => Gen.Select(_parts.Array[1, 100], Gen.Int[0, 100]).Sample(
        (parts, at) =>
        {
            var live = new LiveGeneration(_chat, 1, 4, 7);
            var copy = new LiveGeneration(_chat, 1, 4, 7);
            foreach (var part in parts)
            {
                live.Append(part, 0);
            }

            var seq = 0L;
            while (live.ReadForRelay(seq, version: 9) is { } frame)
            {
                Assert.Equal((9, 1, 4, 7, seq + 1, true), (frame.Version, frame.Epoch, frame.BaseMessageId, frame.Generation, frame.FirstSeq, frame.IsWhole));
                Assert.True(frame.Lengths.Count == 1 || MessagePart.CharsOf(frame.Part) <= 16 * 1024);
                Assert.All(frame.Split(), part => copy.Append(part, 0));
                seq = frame.LastSeq;
            }

            Assert.Equal((live.LastSeq, live.LastSeq), (seq, copy.LastSeq));
            Assert.Equal(live.ToParts(), copy.ToParts());
            var from = Math.Min(at, live.LastSeq);
            Assert.Equal(Follow(live, from, 3), Follow(copy, from, 3));
        },
        iter: 200);

    private static string Follow(LiveGeneration live, long seq, int batch)
    {
        var screen = new System.Text.StringBuilder();
        while (seq < live.LastSeq)
        {
            var events = new List<StreamEvent>();
            var next = live.ReadAfter(seq, events, batch);
            foreach (var sent in events)
            {
                using var json = System.Text.Json.JsonDocument.Parse(sent.Json);
                Assert.Equal(seq + 1, json.RootElement.GetProperty("first_seq").GetInt64());
                seq = json.RootElement.GetProperty("seq").GetInt64();
                var part = json.RootElement.GetProperty("part");
                screen.Append(part.TryGetProperty("text", out var text) ? text.GetString() : $"<{part.GetProperty("call_id").GetString()}>");
            }

            Assert.Equal(next, seq);
        }

        return screen.ToString();
    }

    /// <summary>
    /// The text of the first shown parts, by the rules of a plain reader: an empty part shows nothing, and half a
    /// character waits.
    /// </summary>
    private static string Prefix(MessagePart[] parts, long shown)
    {
        var live = new LiveGeneration(_chat, 1, 4, 7);
        foreach (var part in parts)
        {
            if (live.LastSeq == shown)
            {
                break;
            }

            live.Append(part, 0);
        }

        return string.Concat(live.ToParts().Select(Text));
    }

    private static string Text(MessagePart part) => part switch
    {
        TextPart text => text.Text,
        ReasoningPart reasoning => reasoning.Text,
        ToolCallPart call => $"<{call.CallId}>",
        _ => string.Empty,
    };
}
