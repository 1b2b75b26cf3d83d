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

    /// <summary>The text of the first shown parts, by the rules of a plain reader: an empty part shows nothing, and half a character waits.</summary>
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
