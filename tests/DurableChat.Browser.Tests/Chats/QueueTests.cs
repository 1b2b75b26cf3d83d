using DurableChat.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace DurableChat.Browser.Tests;

/// <summary>Talking while an answer runs.</summary>
public sealed class QueueTests(Chromium chromium, SharedServer shared)
{
    /// <summary>Notes whether a message that is deleted or runs is shown once more as one on its way to the queue.</summary>
    private const string WatchForGhosts = """
        new MutationObserver(() => {
          window.ghosts = [...new Set([...(window.ghosts ?? []), ...[...document.querySelectorAll('.queue .pending .queued-text')].map(item => item.innerText)])];
        }).observe(document.body, { childList: true, subtree: true })
        """;

    [Fact]
    public async Task What_is_sent_meanwhile_waits_in_line_and_can_be_deleted_or_go_first()
    {
        var chat = await shared.Server.CreateAsync("tell me a long story", "slow");
        await using var tab = await Tab.OpenAsync(chromium, shared.Server, $"/c/{chat}");
        await tab.WaitForWordsAsync(20);
        foreach (var text in new[] { "first", "second", "third" })
        {
            await tab.Page.RunAndWaitForResponseAsync(() => tab.SendAsync(text), response => response.Request.Method == "POST");
            await Assertions.Expect(tab.Queue.GetByText(text)).ToBeVisibleAsync();
        }

        await Assertions.Expect(tab.Queue.GetByRole(AriaRole.Button, new() { Name = "Delete" })).ToHaveCountAsync(3);
        await tab.Page.EvaluateAsync(WatchForGhosts);
        await tab.Button("Delete from the queue: second").ClickAsync();
        await Assertions.Expect(tab.Queue.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(2);
        await tab.Button("Run now: third").ClickAsync();
        await tab.WaitForAnswersAsync(3);
        await Assertions.Expect(tab.Queue).ToBeHiddenAsync();
        Assert.Equal(
            ["tell me a long story", "third", "first"],
            (await shared.Server.ReadAsync(chat)).Where(message => message.Role == "user").Select(message => message.Text));
        Assert.Empty(await tab.Page.EvaluateAsync<string[]>("window.ghosts ?? []"));
    }

    [Fact]
    public async Task Escape_stops_the_answer_and_keeps_what_was_said()
    {
        var chat = await shared.Server.CreateAsync("tell me a long story", "slow");
        await using var tab = await Tab.OpenAsync(chromium, shared.Server, $"/c/{chat}");
        await tab.WaitForWordsAsync(80);
        await tab.Composer.PressAsync("Escape");
        await tab.WaitForAnswersAsync(1);
        await Assertions.Expect(tab.Answers.Locator(".end")).ToHaveTextAsync("Stopped");
        var stored = await shared.Server.ReadAsync(chat);
        Assert.DoesNotContain("The end.", stored[1].Text, StringComparison.Ordinal);
        Assert.Equal(Tab.Plain(stored[1].Text), await tab.AnswerAsync());
    }

    [Fact]
    public async Task Send_now_goes_first_and_stops_what_runs()
    {
        var chat = await shared.Server.CreateAsync("tell me a long story", "slow");
        await using var tab = await Tab.OpenAsync(chromium, shared.Server, $"/c/{chat}");
        await tab.WaitForWordsAsync(40);
        await tab.Composer.FillAsync("what time is it?");
        await tab.Composer.PressAsync("Control+Enter");
        await tab.WaitForAnswersAsync(2);
        Assert.Contains("The tool says", (await tab.Answers.Last.InnerTextAsync()), StringComparison.Ordinal);
    }
}
