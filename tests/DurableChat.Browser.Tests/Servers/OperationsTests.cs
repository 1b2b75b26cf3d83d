using System.Security.Cryptography;
using System.Text;
using DurableChat.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace DurableChat.Browser.Tests;

/// <summary>Tokens, and what operators see.</summary>
public sealed class OperationsTests(Chromium chromium, SharedServer shared)
{
    [Fact]
    public async Task An_operator_sees_figures_and_looks_into_a_feed()
    {
        var chat = await shared.Server.CreateAsync("tell me a long story", "slow");
        await using var reader = await Tab.OpenAsync(chromium, shared.Server, $"/c/{chat}");
        await reader.WaitForWordsAsync(20);
        await using var tab = await Tab.OpenAsync(chromium, shared.Server, "/ops");
        await Assertions.Expect(tab.Page.Locator(".plot canvas")).ToHaveCountAsync(8);
        await Assertions.Expect(tab.Page.Locator(".tile").Filter(new() { HasText = "Open streams" }).Locator("b")).Not.ToHaveTextAsync("0");
        await tab.Button(chat).ClickAsync();
        var detail = tab.Page.GetByRole(AriaRole.Region, new() { Name = $"Feed of {chat}" });
        await Assertions.Expect(detail).ToContainTextAsync("generation 1");
        await Assertions.Expect(detail.Locator(".cursors li").First).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"^1\.1\.1\.\d+$"));
    }

    [Fact]
    public async Task With_tokens_the_page_asks_for_one_and_shows_each_person_their_own_chats()
    {
        await using var server = await ServerProcess.StartAsync(
            "Auth__Tokens__0__Owner=alice", $"Auth__Tokens__0__Sha256={Hash("dc_alice")}",
            "Auth__Tokens__1__Owner=bob", $"Auth__Tokens__1__Sha256={Hash("dc_bob")}");
        await using var tab = await Tab.OpenAsync(chromium, server);
        var token = tab.Page.GetByLabel("Token");
        await token.FillAsync("dc_wrong");
        await token.PressAsync("Enter");
        await Assertions.Expect(tab.Page.GetByText("does not know this token")).ToBeVisibleAsync();
        await token.FillAsync("dc_alice");
        await token.PressAsync("Enter");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
        await tab.SendAsync("tell me a long story");
        await tab.WaitForWordsAsync(50);
        await tab.Page.ReloadAsync();
        await tab.WaitForWordsAsync(100);
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
        var chat = tab.ChatId;

        await using var other = await Tab.OpenAsync(chromium, server, $"/c/{chat}");
        await other.Page.GetByLabel("Token").FillAsync("dc_bob");
        await other.Page.GetByLabel("Token").PressAsync("Enter");
        await Assertions.Expect(other.Page.GetByText("This chat is not here")).ToBeVisibleAsync();
        await other.GoAsync("/ops");
        await Assertions.Expect(other.Page.GetByText("For operators")).ToBeVisibleAsync();
        foreach (var person in new[] { tab, other })
        {
            person.Forgive("the server responded with a status of 40");
        }
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
