using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace DurableChat.Browser.Tests;

/// <summary>A page with an unmodified <c>useChat</c>. Its model takes its time.</summary>
public sealed class AiSdkTests(Chromium chromium, SharedServer shared)
{
    [Theory]
    [InlineData("5")]
    [InlineData("6")]
    [InlineData("7")]
    public async Task A_page_with_use_chat_sends_streams_goes_on_after_a_reload_beside_a_second_tab_and_stops(string version)
    {
        await using var context = await chromium.Browser.NewContextAsync();
        // A name as people give them: none of it may get lost in an address.
        var chat = $"100 % of page {version}? {Guid.NewGuid():N}";
        var tab = await AiSdkTab.OpenAsync(context, shared.Server, version, chat);
        // More than any machine shows before it is stopped.
        await tab.SendAsync("please count to 3000");
        await tab.WaitForWordsAsync(100);
        await Assertions.Expect(tab.Status).ToHaveTextAsync("streaming");

        // A second tab, and a reload, in mid-answer: both show what was told and go on, and neither begins another
        // answer.
        var beside = await AiSdkTab.OpenAsync(context, shared.Server, version, chat);
        var told = await tab.AnswerAsync();
        await tab.Page.ReloadAsync();
        foreach (var page in new[] { tab, beside })
        {
            await page.WaitForWordsAsync(told.Length + 100);
            Assert.StartsWith(told, await page.AnswerAsync(), StringComparison.Ordinal);
            await Assertions.Expect(page.Status).ToHaveTextAsync("streaming");
            await Assertions.Expect(page.Mine).ToHaveCountAsync(1);
        }

        await tab.ClickAsync("Stop");
        await tab.WaitUntilReadyAsync(1);
        await beside.WaitUntilReadyAsync(1);
        Assert.Equal(Assert.Single(await StoredAsync(chat)), await tab.AnswerAsync());
        Assert.Equal(await tab.AnswerAsync(), await beside.AnswerAsync());
        Assert.DoesNotContain("3000", await tab.AnswerAsync(), StringComparison.Ordinal);

        // And the conversation goes on: another question, answered twice.
        await tab.SendAsync("think about it");
        await tab.WaitUntilReadyAsync(2);
        var answer = await tab.AnswerAsync();
        var begun = tab.WaitUntilBusyAsync();
        await tab.ClickAsync("Regenerate");
        await begun;
        await tab.WaitUntilReadyAsync(2);
        Assert.Equal(answer, await tab.AnswerAsync());
        await tab.Page.ReloadAsync();
        await tab.WaitUntilReadyAsync(2);
        Assert.Equal(answer, (await StoredAsync(chat))[1]);
    }

    /// <summary>The texts of the answers as the server has them.</summary>
    private async Task<string[]> StoredAsync(string chat) =>
    [
        .. (await shared.Server.Http.GetFromJsonAsync<JsonElement>(new Uri(shared.Server.Url, $"ai-sdk/chat/{Uri.EscapeDataString(chat)}/messages"))).GetProperty("messages").EnumerateArray()
            .Where(message => message.GetProperty("role").GetString() == "assistant")
            .Select(message => string.Concat(message.GetProperty("parts").EnumerateArray().Where(part => part.GetProperty("type").GetString() == "text").Select(part => part.GetProperty("text").GetString()))),
    ];
}
