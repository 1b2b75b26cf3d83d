using DurableChat.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace DurableChat.Browser.Tests;

/// <summary>Answers as they come.</summary>
public sealed class StreamingTests(Chromium chromium, SharedServer shared)
{
    /// <summary>Notes every frame in which the newest answer is shorter than in the one before: a flicker.</summary>
    private const string WatchForFlicker = """
        (() => {
          window.shrunk = [];
          let longest = 0;
          const look = () => {
            const length = [...document.querySelectorAll('.answer .markdown')].at(-1)?.innerText.length ?? 0;
            if (length < longest) window.shrunk.push([longest, length]);
            longest = length;
            requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        })()
        """;

    private const string WatchForShifts = """
        (() => {
          window.shifted = 0;
          new PerformanceObserver(list => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value; })
            .observe({ type: 'layout-shift', buffered: true });
        })()
        """;

    [Fact]
    public async Task A_question_gets_its_answer_word_by_word_without_a_shift_or_a_flicker()
    {
        await using var tab = await Tab.OpenAsync(chromium, shared.Server);
        await tab.Page.EvaluateAsync(WatchForShifts);
        await tab.Page.EvaluateAsync(WatchForFlicker);
        await tab.SendAsync("hello there");
        await tab.WaitForWordsAsync(20);
        await tab.WaitForAnswersAsync(1);
        var stored = await shared.Server.ReadAsync(tab.ChatId);
        Assert.Equal(Tab.Plain(stored[1].Text), await tab.AnswerAsync());
        Assert.Equal(0, await tab.Page.EvaluateAsync<int>("window.shrunk.length"));
        Assert.True(await tab.Page.EvaluateAsync<double>("window.shifted") < 0.02, "The page moved while the answer came.");
    }

    [Fact]
    public async Task A_reload_in_mid_answer_goes_on_where_it_was_with_no_word_twice()
    {
        await using var tab = await Tab.OpenAsync(chromium, shared.Server);
        await tab.SendAsync("tell me a long story");
        await tab.WaitForWordsAsync(300);
        var before = await tab.AnswerAsync();
        await tab.Page.AddInitScriptAsync(WatchForFlicker);
        for (var i = 0; i < 3; i++)
        {
            await tab.Page.ReloadAsync();
            await tab.WaitForWordsAsync(before.Length);
            var after = await tab.AnswerAsync();
            Assert.StartsWith(before, after, StringComparison.Ordinal);
            before = after;
        }

        await tab.WaitForAnswersAsync(1);
        var stored = await shared.Server.ReadAsync(tab.ChatId);
        Assert.Equal(2, stored.Length);
        Assert.Equal(Tab.Plain(stored[1].Text), await tab.AnswerAsync());
        Assert.Equal(0, await tab.Page.EvaluateAsync<int>("window.shrunk.length"));
    }

    [Fact]
    public async Task Two_tabs_tell_the_same_words_together()
    {
        await using var tab = await Tab.OpenAsync(chromium, shared.Server);
        await tab.SendAsync("tell me a long story");
        await tab.WaitForWordsAsync(50);
        await using var other = await tab.OpenBesideAsync($"/c/{tab.ChatId}");
        await other.WaitForWordsAsync(100);
        for (var i = 0; i < 5; i++)
        {
            var texts = await Task.WhenAll(tab.AnswerAsync(), other.AnswerAsync());
            var (shorter, longer) = texts[0].Length < texts[1].Length ? (texts[0], texts[1]) : (texts[1], texts[0]);
            Assert.StartsWith(shorter, longer, StringComparison.Ordinal);
            Assert.True(longer.Length - shorter.Length < 400, $"One tab is {longer.Length - shorter.Length} characters behind.");
        }

        await tab.WaitForAnswersAsync(1);
        await other.WaitForAnswersAsync(1);
        Assert.Equal(await tab.AnswerAsync(), await other.AnswerAsync());
    }

    [Fact]
    public async Task Code_is_coloured_and_can_be_copied()
    {
        await using var tab = await Tab.OpenAsync(chromium, shared.Server);
        await tab.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await tab.SendAsync("show me some code");
        await tab.WaitForAnswersAsync(1);
        await Assertions.Expect(tab.Page.Locator(".code .hljs-variable")).ToHaveTextAsync("$CHAT");
        await tab.Button("Copy code").ClickAsync();
        Assert.StartsWith("curl -N", await tab.Page.EvaluateAsync<string>("navigator.clipboard.readText()"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reasoning_and_tools_are_folded_and_open_on_demand()
    {
        await using var tab = await Tab.OpenAsync(chromium, shared.Server);
        await tab.SendAsync("think about it");
        await tab.WaitForAnswersAsync(1);
        var thoughts = tab.Page.GetByText("The user says");
        await Assertions.Expect(thoughts).ToBeHiddenAsync();
        await tab.Page.GetByText("Thought it over").ClickAsync();
        await Assertions.Expect(thoughts).ToBeVisibleAsync();

        await tab.SendAsync("what time is it?");
        await tab.WaitForAnswersAsync(2);
        await tab.Page.GetByText("current_time").ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Result" })).ToBeVisibleAsync();
    }
}
