using System.Text;
using CsCheck;
using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>Texts that are too long.</summary>
public sealed class TextCutTests
{
    [Fact]
    public void A_cut_is_the_longest_beginning_that_fits_and_leaves_whole_characters() => Gen.Select(Arbitrary.Text, Gen.Int[0, 60]).Sample((text, max) =>
    {
        var cut = TextCut.Start(text, max);
        Assert.StartsWith(cut, text, StringComparison.Ordinal);
        Assert.InRange(cut.Length, Math.Min(text.Length, max - 1), max);
        Assert.DoesNotContain(cut.EnumerateRunes(), rune => rune == Rune.ReplacementChar && !text.Contains('\uFFFD', StringComparison.Ordinal));
    });
}
