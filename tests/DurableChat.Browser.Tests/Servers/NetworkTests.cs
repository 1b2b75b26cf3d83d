using DurableChat.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace DurableChat.Browser.Tests;

/// <summary>Lost networks and dead servers.</summary>
public sealed class NetworkTests(Chromium chromium, SharedServer shared)
{
    [Fact]
    public async Task After_a_kill_in_mid_answer_the_page_comes_back_by_itself_and_the_answer_is_whole()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var tab = await Tab.OpenAsync(chromium, server);
        await tab.SendAsync("tell me a long story");
        await tab.WaitForWordsAsync(200);
        server.Kill();
        await Assertions.Expect(tab.Page.GetByText("The connection is lost")).ToBeVisibleAsync();
        await tab.Composer.FillAsync("typed while it was away");
        await server.StartAgainAsync();
        await tab.WaitForAnswersAsync(1);
        var stored = await server.ReadAsync(tab.ChatId);
        Assert.Equal(2, stored.Length);
        Assert.Equal(Tab.Plain(stored[1].Text), await tab.AnswerAsync());
        await Assertions.Expect(tab.Page.GetByText("The connection is lost")).ToBeHiddenAsync();
        Assert.Equal("typed while it was away", await tab.Composer.InputValueAsync());
        tab.Forgive("net::ERR_");
    }

    [Fact]
    public async Task What_is_sent_offline_goes_out_once_the_network_is_back()
    {
        await using var tab = await Tab.OpenAsync(chromium, shared.Server);
        await tab.SendAsync("hello");
        await tab.WaitForAnswersAsync(1);
        await tab.Context.SetOfflineAsync(true);
        await Assertions.Expect(tab.Page.GetByText("You are offline")).ToBeVisibleAsync();
        await tab.SendAsync("sent without a network");
        await Assertions.Expect(tab.Page.GetByText("Kept until you are online")).ToBeVisibleAsync();
        await tab.Composer.FillAsync("and typed on");
        await tab.Context.SetOfflineAsync(false);
        await tab.WaitForAnswersAsync(2);
        await Assertions.Expect(tab.Mine).ToHaveCountAsync(2);
        await Assertions.Expect(tab.Page.GetByText("You are offline")).ToBeHiddenAsync();
        Assert.Equal("and typed on", await tab.Composer.InputValueAsync());
        Assert.Equal(["hello", "sent without a network"], (await shared.Server.ReadAsync(tab.ChatId)).Where(message => message.Role == "user").Select(message => message.Text));
        tab.Forgive("net::ERR_");
    }

    [Fact]
    public async Task What_was_sent_to_a_dead_server_survives_a_reload_and_arrives_once()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var tab = await Tab.OpenAsync(chromium, server);
        await tab.SendAsync("hello");
        await tab.WaitForAnswersAsync(1);
        server.Kill();
        await tab.SendAsync("into the void");
        await Assertions.Expect(tab.Page.GetByText("into the void")).ToBeVisibleAsync();
        await server.StartAgainAsync();
        await tab.Page.ReloadAsync();
        await tab.WaitForAnswersAsync(2);
        Assert.Single(await server.ReadAsync(tab.ChatId), message => message.Text == "into the void");
        tab.Forgive("net::ERR_");
    }

    [Fact]
    public async Task What_two_tabs_sent_to_a_dead_server_before_they_were_closed_arrives_once()
    {
        await using var server = await ServerProcess.StartAsync();
        var chat = await server.CreateAnsweredAsync("hello");
        await using var tab = await Tab.OpenAsync(chromium, server, $"/c/{chat}");
        await using (var one = await tab.OpenBesideAsync($"/c/{chat}"))
        await using (var other = await tab.OpenBesideAsync($"/c/{chat}"))
        {
            await one.WaitForAnswersAsync(1);
            await other.WaitForAnswersAsync(1);
            server.Kill();
            foreach (var (page, text) in new[] { (one, "from one tab"), (other, "from the other tab") })
            {
                await page.SendAsync(text);
                await Assertions.Expect(page.Page.GetByText(text)).ToBeVisibleAsync();
            }
        }

        await server.StartAgainAsync();
        await tab.Page.ReloadAsync();
        await tab.WaitForAnswersAsync(3);
        Assert.Equal(["hello", "from one tab", "from the other tab"], (await server.ReadAsync(chat)).Where(message => message.Role == "user").Select(message => message.Text));
        tab.Forgive("net::ERR_");
    }

    [Fact]
    public async Task An_answer_goes_on_while_the_network_is_away()
    {
        await using var tab = await Tab.OpenAsync(chromium, shared.Server);
        await tab.SendAsync("tell me a long story");
        await tab.WaitForWordsAsync(100);
        await tab.Context.SetOfflineAsync(true);
        await Assertions.Expect(tab.Page.GetByText("You are offline")).ToBeVisibleAsync();
        var before = await tab.AnswerAsync();
        await tab.Context.SetOfflineAsync(false);
        await tab.WaitForAnswersAsync(1);
        Assert.StartsWith(before, await tab.AnswerAsync(), StringComparison.Ordinal);
        Assert.Equal(Tab.Plain((await shared.Server.ReadAsync(tab.ChatId))[1].Text), await tab.AnswerAsync());
        tab.Forgive("net::ERR_");
    }
}
