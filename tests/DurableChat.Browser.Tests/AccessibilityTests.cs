using DurableChat.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace DurableChat.Browser.Tests;

/// <summary>What axe finds in every view and state, in both themes, on a desktop and on a phone.</summary>
public sealed class AccessibilityTests(Chromium chromium, SharedServer shared)
{
    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 390)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task No_view_has_a_serious_fault(ColorScheme scheme, int width)
    {
        await using var tab = await OpenAsync(scheme, width);
        await Assertions.Expect(tab.Button("Reload in mid-answer")).ToBeVisibleAsync();
        await Axe.CheckAsync(tab, "the empty page");

        await tab.SendAsync("what time is it?");
        await tab.WaitForAnswersAsync(1);
        await tab.SendAsync("think");
        await tab.WaitForAnswersAsync(2);
        await tab.SendAsync("show me some code");
        await tab.WaitForAnswersAsync(3);
        await tab.Page.EvaluateAsync("document.querySelectorAll('.fold').forEach(fold => fold.open = true)");
        await Axe.CheckAsync(tab, "a chat");
        await tab.Composer.PressAsync("ArrowUp");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Form, new() { Name = "Edit message" })).ToBeVisibleAsync();
        await Axe.CheckAsync(tab, "a message that is edited");
        await tab.Page.Keyboard.PressAsync("Escape");

        // It must still be running when the view has been looked at, however slow the machine is.
        await tab.SendAsync("please count to 3000");
        await tab.WaitForWordsAsync(50);
        await tab.SendAsync("and then");
        await Assertions.Expect(tab.Button("Delete from the queue")).ToBeVisibleAsync();
        await Axe.CheckAsync(tab, "a running chat with a queue");
        await tab.Button("Delete from the queue").ClickAsync();
        await tab.Button("Stop the answer").ClickAsync();
        await tab.WaitUntilQuietAsync();

        await tab.SendAsync("please fail");
        await Assertions.Expect(tab.Button("Try again")).ToBeVisibleAsync();
        await Axe.CheckAsync(tab, "a chat that failed");

        await tab.GoAsync("/ops");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Table)).ToHaveCountAsync(2);
        await tab.Page.GetByRole(AriaRole.Table).Last.GetByRole(AriaRole.Button).First.ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Region, new() { Name = "Feed of" })).ToBeVisibleAsync();
        await Axe.CheckAsync(tab, "operations");
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 390)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task No_menu_dialog_or_notice_has_a_serious_fault(ColorScheme scheme, int width)
    {
        var chat = await shared.Server.CreateAnsweredAsync("a chat with a menu");
        await using var tab = await OpenAsync(scheme, width, $"/c/{chat}");
        await tab.WaitForAnswersAsync(1);
        var dialog = tab.Page.GetByRole(AriaRole.Dialog);
        foreach (var action in new[] { "Rename", "Delete" })
        {
            await tab.Page.Locator("header .menu-button").ClickAsync();
            await Assertions.Expect(tab.Page.GetByRole(AriaRole.Menuitem, new() { Name = action })).ToBeVisibleAsync();
            await Axe.CheckAsync(tab, "an open menu");
            await tab.Page.GetByRole(AriaRole.Menuitem, new() { Name = action }).ClickAsync();
            await Assertions.Expect(dialog).ToBeVisibleAsync();
            await Axe.CheckAsync(tab, $"the dialog to {action}");
            await tab.Page.Keyboard.PressAsync("Escape");
            await Assertions.Expect(dialog).ToBeHiddenAsync();
        }

        await tab.Composer.BlurAsync();
        await tab.Page.Keyboard.PressAsync("?");
        await Assertions.Expect(dialog).ToBeVisibleAsync();
        await Axe.CheckAsync(tab, "the keyboard's dialog");
        await tab.Page.Keyboard.PressAsync("Escape");

        await tab.Page.Keyboard.PressAsync("Control+k");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Navigation, new() { Name = "Chats" })).ToBeVisibleAsync();
        await tab.Page.GetByRole(AriaRole.Searchbox).FillAsync("no chat is called so");
        await Assertions.Expect(tab.Page.GetByText("No chat has these words")).ToBeVisibleAsync();
        await Axe.CheckAsync(tab, "a search without a result, and on a phone the open list");
        await tab.Page.GetByRole(AriaRole.Searchbox).FillAsync(string.Empty);
        await Axe.CheckAsync(tab, "the open list");
        await tab.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(tab.Composer).ToBeFocusedAsync();

        await tab.Context.SetOfflineAsync(true);
        await tab.SendAsync("kept for later");
        await Assertions.Expect(tab.Page.GetByText("You are offline")).ToBeVisibleAsync();
        await Axe.CheckAsync(tab, "offline");
        tab.Forgive("net::ERR_");
    }

    private Task<Tab> OpenAsync(ColorScheme scheme, int width, string path = "/") =>
        Tab.OpenAsync(chromium, shared.Server, path, new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 800 } });
}
