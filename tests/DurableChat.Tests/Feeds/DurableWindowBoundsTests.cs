using DurableChat.Feeds;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>How much a window holds, to the message and the byte. Messages 1 to 9 of one epoch take the same memory here.</summary>
public sealed class DurableWindowBoundsTests
{
    private const int Plenty = 1_000_000;

    private static readonly int _one = Message(1).Bytes;

    [Fact]
    public void A_window_holds_as_many_messages_as_it_may_and_not_one_more()
    {
        var window = Window(3, Plenty, 1, 2, 3);
        Assert.Equal((0, 3, 3, 3 * _one), State(window));
        window.Publish(Message(4));
        Assert.Equal((1, 4, 3, 3 * _one), State(window));
    }

    [Fact]
    public void A_window_holds_as_many_bytes_as_it_may_and_not_one_more()
    {
        Assert.Equal((0, 3, 3, 3 * _one), State(Window(9, 3 * _one, 1, 2, 3)));
        Assert.Equal((1, 3, 2, 2 * _one), State(Window(9, (3 * _one) - 1, 1, 2, 3)));
    }

    [Fact]
    public void A_message_that_is_in_the_window_already_changes_nothing()
    {
        var window = Window(9, Plenty, 1, 2);
        window.Publish(Message(2));
        window.Publish(Message(1));
        Assert.Equal((0, 2, 2, 2 * _one), State(window));
    }

    [Fact]
    public void A_message_that_waits_counts_once_and_may_fill_the_window_to_the_last_byte()
    {
        var window = Window(9, 2 * _one, 1);
        window.Publish(Message(3));
        window.Publish(Message(3));
        Assert.Equal((0, 1, 1, 2 * _one), State(window));
        var tighter = Window(9, (2 * _one) - 1, 1);
        tighter.Publish(Message(3));
        Assert.Equal((0, 1, 1, _one), State(tighter));
    }

    [Fact]
    public void Sixty_four_messages_wait_and_the_next_one_is_left_to_a_read()
    {
        var window = Window(100, Plenty);
        for (var id = 2; id <= 66; id++)
        {
            window.Publish(Message(id));
        }

        Assert.Equal((0, 0, 0), (window.Floor, window.Tail, window.Count));
        Assert.Equal(Enumerable.Range(2, 64).Sum(id => Message(id).Bytes), window.Bytes);
        window.Publish(Message(1));
        Assert.Equal((0, 65, 65, Enumerable.Range(1, 65).Sum(id => Message(id).Bytes)), State(window));
    }

    [Fact]
    public void What_waits_is_forgotten_with_the_rest()
    {
        var window = Window(9, Plenty);
        window.Publish(Message(3));
        window.Reset(1, 0);
        Assert.Equal((0, 0, 0, 0), State(window));
        window.Publish(Message(1));
        window.Publish(Message(2));
        Assert.Equal((0, 2, 2, 2 * _one), State(window));
    }

    [Fact]
    public void What_waits_is_not_kept_twice_once_a_read_has_brought_it()
    {
        var window = Window(9, Plenty);
        window.Publish(Message(2));
        window.Publish(Message(3));
        window.Fill([Message(1), Message(2), Message(3)]);
        Assert.Equal((0, 3, 3, 3 * _one), State(window));
    }

    [Fact]
    public void A_page_that_follows_the_run_extends_it_and_lets_in_what_waits()
    {
        var window = Window(9, Plenty, 1, 2);
        window.Publish(Message(5));
        window.Fill([Message(3), Message(4)]);
        Assert.Equal((0, 5, 5, 5 * _one), State(window));
    }

    [Fact]
    public void A_page_above_the_run_replaces_it()
    {
        var window = Window(9, Plenty, 1, 2);
        window.Fill([Message(6), Message(7)]);
        Assert.Equal((5, 7, 2, 2 * _one), State(window));
    }

    [Fact]
    public void A_page_that_reaches_into_the_run_extends_it_downwards()
    {
        var window = From(2, 9, Plenty, 3, 4);
        window.Fill([Message(1), Message(2), Message(3)]);
        Assert.Equal((0, 4, 4, 4 * _one), State(window));
        Assert.Equal([1, 2, 3, 4], Enumerable.Range(0, 4).Select(index => window[index].MessageId));
    }

    [Fact]
    public void A_page_that_ends_where_the_run_begins_extends_it_downwards_as_far_as_there_is_room()
    {
        MessageEvent[] page = [Message(1), Message(2)];
        var window = From(2, 9, 4 * _one, 3, 4);
        window.Fill(page);
        Assert.Equal((0, 4, 4, 4 * _one), State(window));
        var fewerBytes = From(2, 9, (4 * _one) - 1, 3, 4);
        fewerBytes.Fill(page);
        Assert.Equal((1, 4, 3, 3 * _one), State(fewerBytes));
        var fewerMessages = From(2, 3, Plenty, 3, 4);
        fewerMessages.Fill(page);
        Assert.Equal((1, 4, 3, 3 * _one), State(fewerMessages));
    }

    [Fact]
    public void A_page_below_the_run_or_of_another_line_changes_nothing()
    {
        var window = From(3, 9, Plenty, 4, 5);
        window.Fill([Message(1), Message(2)]);
        window.Fill([Events.Message(1, 6, previousId: 4)]);
        window.Fill([]);
        Assert.Equal((3, 5, 2, 2 * _one), State(window));
    }

    private static (long Floor, long Tail, int Count, int Bytes) State(DurableWindow window) => (window.Floor, window.Tail, window.Count, window.Bytes);

    private static DurableWindow Window(int maxMessages, int maxBytes, params long[] ids) => From(0, maxMessages, maxBytes, ids);

    private static DurableWindow From(long floor, int maxMessages, int maxBytes, params long[] ids)
    {
        var window = new DurableWindow(maxMessages, maxBytes);
        window.Reset(1, floor);
        foreach (var id in ids)
        {
            window.Publish(Message(id));
        }

        return window;
    }

    private static MessageEvent Message(long id) => Events.Message(1, id, id - 1);
}
