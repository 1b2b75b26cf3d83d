using DurableChat.Server.Terminal;
using Xunit;

namespace DurableChat.Integration.Tests.Terminal;

/// <summary>Settings as they are typed.</summary>
public sealed class SettingTextTests
{
    [Theory]
    [InlineData("temperature=1e400", "'1e400' is too large for temperature.")]
    [InlineData("top_p=-1e400", "'-1e400' is too large for top_p.")]
    [InlineData("temperature=hot", "'hot' is no value of temperature.")]
    [InlineData("max_output_tokens=1e400", "'1e400' is no value of max_output_tokens.")]
    public void A_value_that_cannot_be_is_refused_with_a_sentence(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => SettingText.Read([text])).Message);

    [Fact]
    public void A_number_is_taken() => Assert.Equal(1e-3, SettingText.Read(["temperature=1e-3"])!.Temperature);
}
