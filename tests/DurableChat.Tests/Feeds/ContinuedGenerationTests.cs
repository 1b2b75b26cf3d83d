using CsCheck;
using DurableChat.Chats;
using DurableChat.Feeds;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>An answer that a worker makes again after the one before has died, in whatever pieces it comes.</summary>
public sealed class ContinuedGenerationTests
{
    private const long Second = (2L << 32) + 1;
    private static readonly ChatId _chat = ChatId.Create(DateTimeOffset.UnixEpoch);

    private static readonly string[] _characters = ["a", "é", "\ud83d\ude00", "\ud83d\ude01", "\n"];

    private static readonly Gen<MessagePart[]> _answers = Gen.OneOf(
        Gen.String[Gen.Char.AlphaNumeric, 1, 40].Select(text => (MessagePart)new TextPart(text)),
        Gen.Int[0, 4].Select(index => _characters[index]).Array[1, 6].Select(text => (MessagePart)new TextPart(string.Concat(text))),
        Gen.String[Gen.Char.AlphaNumeric, 1, 20].Select(text => (MessagePart)new ReasoningPart(text)),
        Gen.Int[1, 3].Select(number => (MessagePart)new ToolCallPart($"c{number}", "tool", "{}"))).Array[1, 12];

    [Fact]
    public void The_same_answer_ends_as_if_nothing_had_happened_and_nobody_loses_a_stored_part() =>
        Gen.Select(_answers, Gen.Int[0, 60], Gen.Int[0, 60], Gen.Int[0, 9], Gen.Int[0, 9]).Sample((answer, kept, cut, one, other) =>
        {
            var first = Run(Pieces(answer, one).Take(cut + kept));
            var stored = Math.Min(kept, first.LastSeq);
            var heir = Restore(first, stored);
            heir.Continue(Second);
            Say(heir, Pieces(answer, other));
            heir.Complete(0);
            Assert.Equal(Run(answer).ToParts(), heir.ToParts());
            Assert.False(heir.HasDiverged);
            CheckReaders(first, heir, stored);
        }, iter: 5_000);

    [Fact]
    public void Another_answer_ends_as_itself_and_readers_keep_no_more_than_both_have_in_common() =>
        Gen.Select(_answers, _answers, Gen.Int[0, 60], Gen.Int[0, 9], Gen.Int[0, 4]).Sample((before, after, kept, one, common) =>
        {
            MessagePart[] answer = [.. before.Take(common), .. after];
            var first = Run(Pieces(before, one));
            var stored = Math.Min(kept, first.LastSeq);
            var heir = Restore(first, stored);
            heir.Continue(Second);
            Say(heir, answer);
            heir.Complete(0);
            Assert.Equal(Run(answer).ToParts().Select(Text), heir.ToParts().Select(Text));
            CheckReaders(first, heir, stored);
        }, iter: 5_000);

    [Fact]
    public void Another_replica_that_saw_more_follows_the_new_worker() =>
        Gen.Select(_answers, _answers, Gen.Int[0, 60], Gen.Int[0, 60], Gen.Bool).Sample((before, after, kept, seen, isSame) =>
        {
            var first = Run(Pieces(before, 1));
            var heir = Restore(first, Math.Min(kept, first.LastSeq));
            var viewer = Restore(first, Math.Min(seen, first.LastSeq));
            heir.Continue(Second);
            Say(heir, isSame ? before : after);
            heir.Complete(0);
            for (var seq = heir.Floor(viewer.LastSeq); heir.ReadForRelay(seq, 1) is { } frame; seq = frame.LastSeq)
            {
                Assert.True(frame.IsWhole);
                Assert.True(viewer.TryTake(frame, 0));
            }

            if (heir.LastSeq >= Second)
            {
                Assert.Equal(heir.ToParts(), viewer.ToParts());
                Assert.Equal(heir.LastSeq, viewer.LastSeq);
            }
        }, iter: 5_000);

    [Fact]
    public void Checkpoints_of_three_workers_are_read_in_the_order_of_their_numbers()
    {
        var first = Run([new TextPart("a"), new TextPart("b"), new TextPart("c")]);
        var second = Restore(first, 2);
        second.Continue(Second);
        Say(second, [new TextPart("abX"), new TextPart("Y")]);
        var third = new LiveGeneration(_chat, 1, 4, 7);
        foreach (var frame in (RelayFrame[])[.. Frames(first, 0), .. Frames(second, 2)])
        {
            Assert.True(third.TryTake(frame, 0));
        }

        Assert.Equal("abXY", Text(Assert.Single(third.ToParts())));
        Assert.False(third.Has(3));

        // What a worker that was fenced off has on its way changes nothing.
        Assert.True(third.TryTake(Frames(first, 2).Single(), 0));
        Assert.Equal("abXY", Text(Assert.Single(third.ToParts())));
    }

    [Fact]
    public void Memory_is_counted_as_if_the_parts_that_are_gone_had_never_been_there()
    {
        var live = Run([new TextPart("aaaa"), new TextPart("bbbb")]);
        live.Continue(Second);
        Say(live, [new TextPart("other")]);
        var plain = Run([new TextPart("other")]);
        Assert.Equal((plain.Chars, true), (live.Chars, live.HasDiverged));
        Assert.InRange(live.Bytes, plain.Bytes, plain.Bytes + 40);
    }

    [Fact]
    public void Calls_that_get_new_ids_each_time_are_the_same_calls()
    {
        var live = Run([new ToolCallPart("call_1", "tool", "{}")]);
        live.Continue(Second);
        Assert.False(live.Append(new ToolCallPart("call_2", "tool", "{}"), 0));
        live.Complete(0);
        Assert.Equal("call_1", Assert.IsType<ToolCallPart>(Assert.Single(live.ToParts())).CallId);
    }

    /// <summary>
    /// A reader at a part that is still there ends with the whole answer, and one at a stored part of the same answer
    /// is at a part that is still there. A reader of a later part is found out.
    /// </summary>
    private static void CheckReaders(LiveGeneration first, LiveGeneration heir, long stored)
    {
        var whole = string.Concat(heir.ToParts().Select(Text));
        for (var seq = 1L; seq <= first.LastSeq; seq++)
        {
            Assert.Equal(heir.Has(seq), seq <= heir.Floor(stored));
            Assert.True(heir.HasDiverged || heir.Has(seq) == (seq <= stored));
            if (heir.Has(seq))
            {
                Assert.Equal(whole, Follow(first, 0, seq) + Follow(heir, seq, heir.LastSeq));
            }
        }

        Assert.Equal(whole, Follow(heir, 0, heir.LastSeq));
    }

    private static LiveGeneration Run(IEnumerable<MessagePart> parts)
    {
        var live = new LiveGeneration(_chat, 1, 4, 7);
        Say(live, parts);
        return live;
    }

    private static void Say(LiveGeneration live, IEnumerable<MessagePart> parts)
    {
        foreach (var part in parts)
        {
            live.Append(part, 0);
        }
    }

    private static LiveGeneration Restore(LiveGeneration dead, long stored)
    {
        var live = new LiveGeneration(_chat, 1, 4, 7);
        foreach (var frame in Frames(dead, 0))
        {
            var parts = (int)Math.Min(frame.Lengths.Count, stored - frame.FirstSeq + 1);
            if (parts > 0)
            {
                var text = MessagePart.TextOf(frame.Part);
                int[] lengths = [.. frame.Lengths.Take(parts)];
                Assert.True(live.TryTake(
                    frame with { Lengths = lengths, Part = text is null ? frame.Part : MessagePart.WithText(frame.Part, text[..lengths.Sum()]) }, 0));
            }
        }

        Assert.Equal(stored, live.LastSeq);
        return live;
    }

    private static List<RelayFrame> Frames(LiveGeneration live, long after)
    {
        var frames = new List<RelayFrame>();
        for (var seq = after; live.ReadForRelay(seq, 1) is { } frame; seq = frame.LastSeq)
        {
            frames.Add(frame);
        }

        return frames;
    }

    /// <summary>The same answer in pieces of another size.</summary>
    private static IEnumerable<MessagePart> Pieces(IEnumerable<MessagePart> answer, int size) => answer.SelectMany(part =>
        size == 0 || MessagePart.TextOf(part) is not { } text
            ? [part]
            : text.Chunk(size).Select(piece => MessagePart.WithText(part, new string(piece))));

    private static string Follow(LiveGeneration live, long from, long to)
    {
        var text = string.Empty;
        var events = new List<StreamEvent>();
        for (var seq = from; seq < to;)
        {
            events.Clear();
            var next = live.ReadAfter(seq, events, 1);
            using var json = System.Text.Json.JsonDocument.Parse(events.Single().Json);
            var root = json.RootElement;
            Assert.Equal(seq + 1, root.GetProperty("first_seq").GetInt64());
            if (next > to)
            {
                // A joined frame ends behind: read the parts that it joins.
                return text + string.Concat(Frames(live, seq).SelectMany(frame => frame.Split().Select((part, index) => (part, seq: frame.FirstSeq + index)))
                    .Where(piece => piece.seq <= to).Select(piece => Text(piece.part)));
            }

            var part = root.GetProperty("part");
            text += part.TryGetProperty("text", out var said) ? said.GetString() : "#";
            seq = next;
        }

        return text;
    }

    private static string Text(MessagePart part) => MessagePart.TextOf(part) ?? "#";
}
