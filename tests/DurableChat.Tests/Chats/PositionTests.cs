using CsCheck;
using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>Positions on the wire.</summary>
public sealed class PositionTests
{
    private static readonly Gen<long> _number = Gen.OneOf(Gen.Long[0, 9], Gen.Long[0, long.MaxValue], Gen.Const(long.MaxValue));

    /// <summary>Texts that are almost positions.</summary>
    private static readonly Gen<string> _almost = Gen.OneOf(
        Gen.String[Gen.Char["0123456789.\0 +-\u0661,e"], 0, 12],
        Gen.Select(_number, _number, _number, _number, Gen.Int[0, 40], Gen.Char["\0 .-x0"], (epoch, message, generation, seq, at, inserted) =>
        {
            var text = $"{epoch}.{message}.{generation}.{seq}";
            return text.Insert(Math.Min(at, text.Length), inserted.ToString());
        }));

    [Fact]
    public void A_position_reads_back_as_it_was_written() =>
        Gen.Select(_number, _number, _number, _number).Sample((epoch, message, generation, seq) =>
        {
            var position = new Position(epoch, message, generation, seq);
            Assert.True(Position.TryParse(position.ToString(), out var parsed));
            Assert.Equal(position, parsed);
        });

    [Fact]
    public void Only_what_a_position_writes_is_read_and_nothing_else_leaves_a_trace() =>
        _almost.Sample(
            text =>
            {
                if (Position.TryParse(text, out var parsed))
                {
                    Assert.Equal(text, parsed.ToString());
                }
                else
                {
                    Assert.Equal(default, parsed);
                }
            },
            iter: 20_000);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("...")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.")]
    [InlineData(".1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.4.")]
    [InlineData(" 1.2.3.4")]
    [InlineData("1.2.3.4 ")]
    [InlineData("1.2.3.4\n")]
    [InlineData("1.2.3.4\0")]
    [InlineData("1\0.2.3.4")]
    [InlineData("+1.2.3.4")]
    [InlineData("-1.2.3.4")]
    [InlineData("01.2.3.4")]
    [InlineData("00.0.0.0")]
    [InlineData("1,2,3,4")]
    [InlineData("1.2.3.1e3")]
    [InlineData("1.2.3.0x4")]
    [InlineData("\u0661.2.3.4")]
    [InlineData("1.2.3.9223372036854775808")]
    [InlineData("1.2.3.99999999999999999999999999999999999999999999999999999999999999999999999999999")]
    public void What_is_no_position_is_refused(string? text)
    {
        Assert.False(Position.TryParse(text, out var position));
        Assert.Equal(Position.Start, position);
    }

    [Fact]
    public void The_largest_position_fits()
    {
        Assert.True(Position.TryParse("9223372036854775807.9223372036854775807.9223372036854775807.9223372036854775807", out var position));
        Assert.Equal(long.MaxValue, position.Seq);
    }
}
