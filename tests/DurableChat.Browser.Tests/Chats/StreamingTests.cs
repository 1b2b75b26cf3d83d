using DurableChat.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace DurableChat.Browser.Tests;

/// <summary>Answers as they come.</summary>
public sealed class StreamingTests(Chromium chromium, SharedServer shared)
{
    /// <summary>
    /// Notes every frame in which what the answer says is shorter than before, by more than marks that turn into a
    /// format: a flicker.
    /// </summary>
    private const string WatchForFlicker = """
        (() => {
          window.shrunk = [];
          let longest = 0;
          const look = () => {
            const length = [...document.querySelectorAll('.answer .markdown')].reduce((sum, text) => sum + text.textContent.length, 0);
            if (length < longest - 8) window.shrunk.push([longest, length]);
            longest = Math.max(longest, length);
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

    [Theory]
    [InlineData("hello there", 1280)]
    [InlineData("think about it", 390)]
    [InlineData("what time is it?", 1280)]
    [InlineData("show me some code", 390)]
    [InlineData("tell me a long story", 1280)]
    public async Task A_question_gets_its_answer_word_by_word_without_a_shift_or_a_flicker(string question, int width)
    {
        await using var tab = await Tab.OpenAsync(chromium, shared.Server, "/", new() { ViewportSize = new() { Width = width, Height = 800 } });
        await tab.Page.EvaluateAsync(WatchForShifts);
        await tab.Page.EvaluateAsync(WatchForFlicker);
        await tab.SendAsync(question);
        await tab.WaitForAnswersAsync(1);
        var stored = await shared.Server.ReadAsync(tab.ChatId);
        if (!question.Contains("code", StringComparison.Ordinal))
        {
            Assert.Equal(Tab.Plain(stored[^1].Text), await tab.AnswerAsync());
        }

        Assert.Equal(0, await tab.Page.EvaluateAsync<int>("window.shrunk.length"));
        Assert.InRange(await tab.Page.EvaluateAsync<double>("window.shifted"), 0, 0.02);
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
        var chat = await shared.Server.CreateAsync("tell me a long story", "slow");
        await using var tab = await Tab.OpenAsync(chromium, shared.Server, $"/c/{chat}");
        await using var other = await tab.OpenBesideAsync($"/c/{chat}");
        for (var i = 0; i < 5; i++)
        {
            // Each waits for what the other has shown already, and the answer still runs: neither is behind until the
            // commit.
            var (first, second) = i % 2 == 0 ? (tab, other) : (other, tab);
            var shown = await first.AnswerAsync();
            await second.WaitForWordsAsync(shown.Length);
            Assert.StartsWith(shown, await second.AnswerAsync(), StringComparison.Ordinal);
            await Assertions.Expect(second.Page.GetByRole(AriaRole.Log)).ToHaveAttributeAsync("aria-busy", "true");
        }

        await other.Button("Stop the answer").ClickAsync();
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
