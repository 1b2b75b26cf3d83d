using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Feeds;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>What another replica may send, and how it is taken apart.</summary>
public sealed class RelayFrameTests
{
    private static readonly RelayFrame _frame = new(1, 1, 0, 1, 1, [2, 0, 1], new TextPart("abc"));

    [Fact]
    public void A_frame_is_taken_apart_as_its_lengths_say()
    {
        Assert.Equal(3, _frame.LastSeq);
        Assert.Equal([new TextPart("ab"), new TextPart(string.Empty), new TextPart("c")], _frame.Split());
        Assert.Equal([new ReasoningPart("a"), new ReasoningPart("bc")], (_frame with { Lengths = [1, 2], Part = new ReasoningPart("abc") }).Split());
        var call = new ToolCallPart("c", "n", "{}");
        Assert.Equal([call], (_frame with { Lengths = [4], Part = call }).Split());
    }

    [Fact]
    public void A_frame_has_these_bytes()
    {
        const string Json = """{"version":9,"epoch":2,"base_message_id":3,"generation":4,"first_seq":5,"lengths":[2,3],"part":{"type":"text","text":"Ü<&>!"}}""";
        var frame = new RelayFrame(9, 2, 3, 4, 5, [2, 3], new TextPart("Ü<&>!"));
        Assert.Equal(Json, JsonSerializer.Serialize(frame, RelayJson.Compact.RelayFrame));
        var read = JsonSerializer.Deserialize(Json, RelayJson.Compact.RelayFrame)!;
        Assert.Equal(frame with { Lengths = read.Lengths }, read);
        Assert.Equal([2, 3], read.Lengths);
    }

    [Fact]
    public void A_frame_that_can_be_taken_apart_is_whole()
    {
        RelayFrame[] whole =
        [
            _frame,
            _frame with { BaseMessageId = 7, FirstSeq = 9, Part = new ReasoningPart("abc") },
            _frame with { Lengths = [0], Part = new TextPart(string.Empty) },
            _frame with { Lengths = [4], Part = new ToolCallPart("c", "n", "{}") },
            _frame with { Lengths = [0], Part = new ToolResultPart("c", "r") },
            _frame with { FirstSeq = long.MaxValue - 3 },
        ];
        Assert.Empty(whole.Index().Where(frame => !frame.Item.IsWhole).Select(frame => frame.Index));
    }

    [Fact]
    public void A_frame_that_cannot_be_taken_apart_is_not()
    {
        RelayFrame[] broken =
        [
            _frame with { Version = 0 },
            _frame with { Epoch = 0 },
            _frame with { BaseMessageId = -1 },
            _frame with { Generation = 0 },
            _frame with { FirstSeq = 0 },
            _frame with { FirstSeq = long.MaxValue - 2 },
            _frame with { Lengths = null! },
            _frame with { Lengths = [] },
            _frame with { Lengths = [], Part = new TextPart(string.Empty) },
            _frame with { Lengths = [4, -1] },
            _frame with { Lengths = [2] },
            _frame with { Lengths = [2, 2] },
            _frame with { Lengths = [int.MaxValue, int.MaxValue, 5] },
            _frame with { Part = null! },
            _frame with { Part = new TextPart(null!) },
            _frame with { Part = new ReasoningPart(null!) },
            _frame with { Lengths = [1, 1], Part = new ToolResultPart("c", "r") },
            _frame with { Lengths = [4], Part = new ToolCallPart(null!, "n", "{}") },
            _frame with { Lengths = [4], Part = new ToolCallPart("c", null!, "{}") },
            _frame with { Lengths = [4], Part = new ToolCallPart("c", "n", null!) },
            _frame with { Lengths = [4], Part = new ToolResultPart(null!, "r") },
            _frame with { Lengths = [4], Part = new ToolResultPart("c", null!) },
        ];
        Assert.Empty(broken.Index().Where(frame => frame.Item.IsWhole).Select(frame => frame.Index));
    }
}
