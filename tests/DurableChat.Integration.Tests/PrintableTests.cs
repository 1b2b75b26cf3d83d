using DurableChat.Server.Text;
using Xunit;

namespace DurableChat.Integration.Tests;

/// <summary>What models and people write never speaks to a terminal.</summary>
public sealed class PrintableTests
{
    [Theory]
    [InlineData("a\u001b[2Jb", "a [2Jb")]
    [InlineData("a\u009b2Jb", "a 2Jb")]
    [InlineData("pay \u202Eoot\u202C", "pay  oot ")]
    [InlineData("\u2066x\u2069\u2028y", " x  y")]
    [InlineData("a\r\n\tb", "a   b")]
    [InlineData("\u200Fשלום \u200E123", "\u200Fשלום \u200E123")]
    [InlineData("👨‍👩‍👧", "👨‍👩‍👧")]
    public void A_line_has_nothing_that_a_terminal_obeys(string text, string clean) => Assert.Equal(clean, Printable.Line(text));

    [Fact]
    public void A_text_keeps_its_lines() => Assert.Equal("a\n\tb\uFFFD[31m\uFFFDc", Printable.Text("a\n\tb\u001b[31m\u202Ec"));
}
