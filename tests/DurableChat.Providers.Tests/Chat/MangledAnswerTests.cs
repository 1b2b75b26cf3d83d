using System.Text;
using System.Text.RegularExpressions;
using DurableChat.Providers.Tests.Cases;
using Xunit;

namespace DurableChat.Providers.Tests.Chat;

/// <summary>Any member of an answer may be missing or of another type.</summary>
public sealed partial class MangledAnswerTests
{
    private static readonly string[] _values =
        ["null", "7", "-1", "1e400", "true", "\"\"", "\"x\"", "\"\\ud83d\"", "[]", "{}", "[null]", "[{}]", "{\"x\":1}",
        "[\"x\"]"];

    public static TheoryData<string> Files =>
        [.. ProviderCase.All.Where(each => each.Wire == "chat").Select(each => each.File)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task An_answer_with_a_member_of_another_type_is_read_or_refused_in_a_known_way(string file)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Cases", file), Encoding.UTF8);
        foreach (Match match in Values().Matches(text))
        {
            foreach (var value in _values)
            {
                var place = match.Groups["value"];
                var mangled = string.Concat(text.AsSpan(0, place.Index), value,
                    text.AsSpan(place.Index + place.Length));

                // Any other exception than a known one fails the test.
                var outcome = await Chunks.ReadAsync(
                    new ProviderOptions { Wire = ProviderWire.Chat, Model = "m-1", Flavour = ChatFlavour.OpenRouter },
                        mangled);
                if (outcome.Failure is null)
                {
                    Assert.All(outcome.Calls, call => Assert.True(call.CallId.Length > 0 && call.Name.Length > 0));
                    Assert.All(outcome.Parts, part => Assert.DoesNotMatch(Halves(), part.ToString()));
                }
            }
        }
    }

    [Theory]
    [InlineData("content", "text:a\U0001F40B. | Stop")]
    [InlineData("reasoning", "reasoning:a\U0001F40B. | Stop")]
    public async Task Halves_of_a_character_join(string field, string expected)
    {
        var outcome = await Chunks.ReadAsync(
            Chunks.Delta($$"""{"{{field}}":"a\ud83d"}"""), Chunks.Delta($$"""{"{{field}}":"\udc0b."}"""),
                Chunks.Delta("{}", "stop"));
        Assert.Equal(expected, Chunks.Describe(outcome));
    }

    [Fact]
    public async Task Half_a_character_alone_is_replaced() =>
        Assert.Equal("text:a\ufffdb | Stop",
            Chunks.Describe(await Chunks.ReadAsync(Chunks.Delta("""{"content":"a\ud83db"}""", "stop"))));

    [GeneratedRegex(@"[\ud800-\udbff](?![\udc00-\udfff])")]
    private static partial Regex Halves();

    /// <summary>A value behind a name, in the order of the text; of objects and lists the short ones.</summary>
    [GeneratedRegex("""(?<="[a-z_]+":)(?<value>"(?:[^"\\]|\\.)*"|[\d.]+|null|\{[^{}]*\}|\[[^\[\]]*\])""")]
    private static partial Regex Values();
}
