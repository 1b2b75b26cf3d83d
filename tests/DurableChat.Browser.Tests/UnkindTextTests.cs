using DurableChat.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace DurableChat.Browser.Tests;

/// <summary>Texts that a parser or a layout would choke on: the chat stays readable and the page usable.</summary>
public sealed class UnkindTextTests(Chromium chromium, SharedServer shared)
{
    private const int Code = 1;

    /// <summary>Three times what is laid out at once.</summary>
    private const int Lines = 3_000;

    private static readonly string[] _texts =
    [
        string.Concat(Enumerable.Repeat("> ", 2_048)) + "after the quotes",
        "```csharp\n" + string.Join('\n', Enumerable.Range(1, Lines).Select(line => $"var line{line} = {line};")) + "\n```\n\nafter the code",
        string.Concat(Enumerable.Repeat("- ", 2_000)) + "after the lists",
        string.Join('\n', Enumerable.Range(0, 300).Select(level => new string(' ', 2 * level) + "- level")) + "\n\nafter the levels",
        new string('[', 10_000) + "after the brackets" + new string(']', 10_000),
        string.Concat(Enumerable.Repeat("*_", 4_000)) + "after the stars" + string.Concat(Enumerable.Repeat("_*", 4_000)),
    ];

    [Fact]
    public async Task A_chat_with_texts_without_measure_can_be_read_and_continued()
    {
        var chat = await Seed.HistoryAsync(shared.Server, [.. _texts.Select(text => new[] { Text(text) })]);
        await using var tab = await Tab.OpenAsync(chromium, shared.Server, $"/c/{chat}");
        await Assertions.Expect(tab.Answers.Last).ToContainTextAsync(End(_texts[^1]));
        for (var index = _texts.Length - 1; index >= 0; index--)
        {
            await ScrollUpToAsync(tab, End(_texts[index]));
            var shown = tab.Answers.Filter(new() { HasText = End(_texts[index]) });
            await Assertions.Expect(shown).ToHaveCountAsync(1);
            if (index == Code)
            {
                // Long code begins at once, and is whole when it is asked for.
                var code = shown.Locator("figure.code");
                await Assertions.Expect(code).ToContainTextAsync("line1000 =");
                await Assertions.Expect(code).Not.ToContainTextAsync("line1001 =");
                await code.GetByRole(AriaRole.Button, new() { Name = "Show all of it" }).PressAsync("Enter");
                await Assertions.Expect(code).ToContainTextAsync($"line{Lines} =");
            }
            else
            {
                // With one letter on each line it would be higher, and unreadable.
                Assert.InRange(await shown.EvaluateAsync<double>("answer => answer.getBoundingClientRect().height"), 1, 40_000);
            }
        }

        await Assertions.Expect(tab.Page.Locator(".undrawn")).ToHaveCountAsync(0);
        await ContinueAsync(tab);
    }

    [Fact]
    public async Task A_message_that_cannot_be_drawn_is_shown_as_plain_text_among_the_others()
    {
        var chat = await Seed.HistoryAsync(
            shared.Server,
            [
                [Text("**what was said**"), new { type = "source", url = "https://throws.example/" }],
                [Text("**what else**")],
            ]);
        await using var tab = await Tab.OpenAsync(chromium, shared.Server);
        await tab.Page.AddInitScriptAsync(
            """
            const canParse = URL.canParse;
            URL.canParse = (url, base) => {
              if (String(url).includes('throws.example')) throw new Error('made to fail');
              return canParse.call(URL, url, base);
            };
            """);
        await tab.GoAsync($"/c/{chat}");
        await Assertions.Expect(tab.Page.Locator(".undrawn")).ToContainTextAsync("**what was said**");
        await Assertions.Expect(tab.Answers.Last.Locator("strong")).ToHaveTextAsync("what else");
        await ContinueAsync(tab);
        await Assertions.Expect(tab.Page.Locator(".undrawn")).ToHaveCountAsync(1);
    }

    private static object Text(string text) => new { type = "text", text };

    /// <summary>
    /// Only what is near the screen is drawn, so this goes up from the first row that is, until the words are there.
    /// </summary>
    private static Task ScrollUpToAsync(Tab tab, string words) => tab.Page.WaitForFunctionAsync(
        """
        (words) => {
          if ([...document.querySelectorAll('.answer')].some(answer => answer.textContent.includes(words))) return true;
          document.querySelector('.transcript .row').scrollIntoView({ block: 'start' });
          return false;
        }
        """,
        words,
        new() { PollingInterval = 50 });

    private static async Task ContinueAsync(Tab tab)
    {
        await tab.SendAsync("and now?");
        await Assertions.Expect(tab.Mine.Last).ToContainTextAsync("and now?");
        await tab.WaitUntilQuietAsync();
    }

    /// <summary>The last words, which are there only if all before them has been read.</summary>
    private static string End(string text) => text[text.LastIndexOf("after", StringComparison.Ordinal)..].TrimEnd(']', '*', '_');
}
