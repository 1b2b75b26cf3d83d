using DurableChat.Chats;
using DurableChat.Feeds;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>Where the parts of a segment begin and end. The one here has parts 5 to 8, which end at 4, 6, 9 and 13.</summary>
public sealed class LiveSegmentTests
{
    private readonly LiveSegment _segment = Segment("abcd", "ef", "ghi", "jklm");

    [Theory]
    [InlineData(5, 0, 5)]
    [InlineData(5, 4, 5)]
    [InlineData(5, 5, 5)]
    [InlineData(5, 6, 6)]
    [InlineData(5, 8, 6)]
    [InlineData(5, 9, 7)]
    [InlineData(5, 12, 7)]
    [InlineData(5, 13, 8)]
    [InlineData(5, 99, 8)]
    [InlineData(6, 1, 6)]
    [InlineData(6, 4, 6)]
    [InlineData(6, 5, 7)]
    [InlineData(7, 6, 7)]
    [InlineData(7, 7, 8)]
    [InlineData(8, 1, 8)]
    public void As_many_parts_as_fit_and_at_least_one(long seq, int maxChars, long last) => Assert.Equal(last, _segment.LastWithin(seq, maxChars));

    [Fact]
    public void Any_run_of_parts_is_given_as_one_and_with_the_length_of_each()
    {
        Assert.Equal(5, _segment.FirstSeq);
        Assert.Equal(new TextPart("abcdefghijklm"), _segment.Slice(5, 8));
        Assert.Equal(new TextPart("abcd"), _segment.Slice(5, 5));
        Assert.Equal(new TextPart("efghi"), _segment.Slice(6, 7));
        Assert.Equal(new TextPart("jklm"), _segment.Slice(8, 8));
        Assert.Equal([4, 2, 3, 4], _segment.LengthsOf(5, 8));
        Assert.Equal([2, 3], _segment.LengthsOf(6, 7));
        Assert.Equal([4], _segment.LengthsOf(8, 8));
        Assert.Equal(new TextPart("abcdefghijklm"), _segment.ToPart());
    }

    [Fact]
    public void Only_text_is_joined_and_only_to_its_own_kind()
    {
        Assert.False(_segment.TryAppend(new ReasoningPart("n")));
        Assert.False(_segment.TryAppend(new ToolCallPart("c", "n", "{}")));
        Assert.Equal(8, _segment.LastWithin(5, 99));
        var reasoning = new LiveSegment(new ReasoningPart("a"), 1);
        Assert.False(reasoning.Accepts(new TextPart("b")));
        Assert.True(reasoning.TryAppend(new ReasoningPart("b")));
        Assert.Equal(new ReasoningPart("ab"), reasoning.ToPart());
    }

    [Fact]
    public void A_part_without_text_stays_alone()
    {
        var call = new ToolCallPart("c", "n", "{}");
        var segment = new LiveSegment(call, 5);
        Assert.False(segment.TryAppend(call));
        Assert.Equal(5, segment.LastWithin(5, 99));
        Assert.Equal([0], segment.LengthsOf(5, 5));
        Assert.Same(call, segment.Slice(5, 5));
        Assert.Same(call, segment.ToPart());
    }

    private static LiveSegment Segment(string first, params string[] others)
    {
        var segment = new LiveSegment(new TextPart(first), 5);
        Assert.All(others, text => Assert.True(segment.TryAppend(new TextPart(text))));
        return segment;
    }
}
