using CsCheck;
using DurableChat.Feeds;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>The window against the plain list of committed messages.</summary>
public sealed class DurableWindowTests
{
    // What happens to a window, drawn at random: (kind, place, size).
    private static readonly Gen<(int Kind, int Place, int Size)[]> _happenings = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 40], Gen.Int[0, 400]).Array[1, 80];

    [Theory]
    [InlineData(8, 100_000)]
    [InlineData(1_000, 3_000)]
    [InlineData(1, 100_000)]
    [InlineData(0, 100_000)]
    [InlineData(5, 0)]
    public void A_hit_is_exactly_the_history_after_the_cursor(int maxMessages, int maxBytes) =>
        _happenings.Sample(happenings => Play(happenings, maxMessages, maxBytes), iter: 2_000);

    [Fact]
    public void A_message_of_this_replica_behind_one_of_another_does_not_make_a_hit()
    {
        // The window holds 9. Message 10 was written elsewhere; 11 here. A subscriber at 9 must not be given 11 alone.
        var window = new DurableWindow(256, 1_000_000);
        window.Reset(1, 8);
        window.Publish(Events.Message(1, 9, 8));
        window.Publish(Events.Message(1, 11, 10));
        Assert.False(window.Covers(9, 11));
        window.Fill([Events.Message(1, 10, 9), Events.Message(1, 11, 10)]);
        Assert.True(window.Covers(9, 11));
        Assert.Equal([10, 11], Read(window, 9));
    }

    [Fact]
    public void Publications_in_any_order_end_in_the_order_of_commits()
    {
        var window = new DurableWindow(256, 1_000_000);
        window.Reset(1, 0);
        window.Publish(Events.Message(1, 3, 2));
        window.Publish(Events.Message(1, 1, 0));
        Assert.Equal([1], Read(window, 0));
        window.Publish(Events.Message(1, 2, 1));
        window.Publish(Events.Message(1, 2, 1));
        Assert.Equal([1, 2, 3], Read(window, 0));
    }

    [Fact]
    public void A_window_bounds_its_bytes_even_if_every_message_is_huge()
    {
        var window = new DurableWindow(256, 10_000);
        window.Reset(1, 0);
        for (var id = 1; id <= 50; id++)
        {
            window.Publish(Events.Message(1, id, id - 1, size: 3_000));
            Assert.True(window.Bytes <= 10_000);
        }

        window.Publish(Events.Message(1, 51, 50, size: 20_000));
        Assert.Equal(0, window.Count);
        Assert.Equal(51, window.Floor);
        Assert.Equal(0, window.Bytes);
    }

    [Fact]
    public void Messages_that_wait_for_another_are_bounded_too()
    {
        var window = new DurableWindow(256, 10_000);
        window.Reset(1, 0);
        for (var id = 2; id <= 1_000; id++)
        {
            window.Publish(Events.Message(1, id, id - 1, size: 300));
            Assert.True(window.Bytes <= 10_000);
        }

        Assert.Equal(0, window.Count);
    }

    private static void Play((int Kind, int Place, int Size)[] happenings, int maxMessages, int maxBytes)
    {
        var window = new DurableWindow(maxMessages, maxBytes);
        var history = new List<MessageEvent>();
        var unpublished = new List<MessageEvent>();
        long epoch = 1, assigned = 0;
        foreach (var (kind, place, size) in happenings)
        {
            switch (kind)
            {
                case <= 4:
                    // A commit, whose publication may come later.
                    var message = Events.Message(epoch, ++assigned, history.Count == 0 ? 0 : history[^1].MessageId, size);
                    history.Add(message);
                    unpublished.Add(message);
                    if (kind <= 2)
                    {
                        Publish(window, unpublished, unpublished.Count - 1);
                    }

                    break;
                case 5 when unpublished.Count > 0:
                    Publish(window, unpublished, place % unpublished.Count);
                    break;
                case 6:
                    // A read, as the catch-up reader makes it: everything after a place, up to a limit.
                    window.Fill([.. history.Where(read => read.MessageId > place).Take(1 + (size % 7))]);
                    break;
                case 7:
                    window.Evict();
                    break;
                case 8 when history.Count > 0:
                    // An edit: the history is cut, and goes on with a new id.
                    var first = history[place % history.Count];
                    history.RemoveRange(place % history.Count, history.Count - (place % history.Count));
                    unpublished.Clear();
                    epoch++;
                    var edited = Events.Message(epoch, ++assigned, first.PreviousId, size);
                    history.Add(edited);
                    history = [.. history[..^1].Select(message => Events.Message(epoch, message.MessageId, message.PreviousId, SizeOf(message))), edited];
                    window.Rewrite(epoch, edited.PreviousId);
                    window.Publish(edited);
                    break;
            }

            Check(window, history, maxMessages, maxBytes);
        }
    }

    [Fact]
    public void A_rewrite_keeps_what_came_before_the_cut_and_only_if_the_run_reaches_it()
    {
        var window = new DurableWindow(256, 100_000);
        window.Reset(1, 2);
        foreach (var id in (long[])[3, 4, 7])
        {
            window.Publish(Events.Message(1, id, id == 7 ? 4 : id - 1));
        }

        foreach (var (kept, floor, count) in ((long, long, int)[])[(7, 2, 3), (4, 2, 2), (2, 2, 0), (1, 1, 0), (5, 5, 0), (9, 9, 0)])
        {
            var rewritten = new DurableWindow(256, 100_000);
            rewritten.Reset(1, 2);
            rewritten.Fill([.. Enumerable.Range(0, window.Count).Select(index => window[index])]);
            rewritten.Rewrite(2, kept);
            Assert.Equal((2, floor, kept, count), (rewritten.Epoch, rewritten.Floor, rewritten.Tail, rewritten.Count));
        }
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(9, 10)]
    [InlineData(1_000_000, 1_000_001)]
    public void A_message_that_a_rewrite_keeps_is_to_the_byte_what_it_is_when_it_is_read(long before, long after)
    {
        foreach (var generation in (long[])[0, 3])
        {
            Assert.Equal(Text(Events.Message(after, 12, 11, size: 50, generation)), Text(Events.Message(before, 12, 11, size: 50, generation).InEpoch(after)));
        }
    }

    private static string Text(MessageEvent message) => System.Text.Encoding.UTF8.GetString(message.Frame.Span);

    private static int SizeOf(MessageEvent message) => ((DurableChat.Chats.TextPart)message.ToMessage().Parts[0]).Text.Length;

    private static void Publish(DurableWindow window, List<MessageEvent> unpublished, int index)
    {
        window.Publish(unpublished[index]);
        unpublished.RemoveAt(index);
    }

    private static void Check(DurableWindow window, List<MessageEvent> history, int maxMessages, int maxBytes)
    {
        var head = history.Count == 0 ? 0 : history[^1].MessageId;
        Assert.True(window.Count <= maxMessages);
        Assert.True(window.Bytes <= Math.Max(maxBytes, 0));
        Assert.Equal(
            history.Where(message => message.MessageId > window.Floor && message.MessageId <= window.Tail).Select(message => message.MessageId),
            Read(window, window.Floor));
        for (long cursor = 0; cursor <= head; cursor++)
        {
            if (window.Covers(cursor, head))
            {
                Assert.Equal(history.Where(message => message.MessageId > cursor).Select(message => message.MessageId), Read(window, cursor));
                Assert.Equal(history.Where(message => message.MessageId > cursor).Select(Text), Enumerable.Range(window.IndexAfter(cursor), window.Count - window.IndexAfter(cursor)).Select(index => Text(window[index])));
            }
        }
    }

    private static IEnumerable<long> Read(DurableWindow window, long cursor) =>
        [.. Enumerable.Range(window.IndexAfter(cursor), window.Count - window.IndexAfter(cursor)).Select(index => window[index].MessageId)];
}
