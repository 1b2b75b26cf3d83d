using System.Text.RegularExpressions;
using DurableChat.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace DurableChat.Browser.Tests;

/// <summary>What works without a mouse, and what is said to people who do not see.</summary>
public sealed class KeyboardTests(Chromium chromium, SharedServer shared)
{
    [Fact]
    public async Task A_chat_is_begun_left_and_found_again_with_the_keyboard_alone()
    {
        await using var tab = await Tab.OpenAsync(chromium, shared.Server);
        var keyboard = tab.Page.Keyboard;
        await Assertions.Expect(tab.Composer).ToBeFocusedAsync();
        await keyboard.TypeAsync("typed by keyboard alone");
        await keyboard.PressAsync("Enter");
        await tab.WaitForAnswersAsync(1);
        await Assertions.Expect(tab.Composer).ToBeFocusedAsync();
        await keyboard.PressAsync("Control+Shift+O");
        await Assertions.Expect(tab.Button("Reload in mid-answer")).ToBeVisibleAsync();
        await keyboard.PressAsync("Control+k");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Searchbox)).ToBeFocusedAsync();
        await keyboard.TypeAsync("keyboard alone");
        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Enter");
        await tab.WaitForAnswersAsync(1);
        await Assertions.Expect(tab.Mine).ToContainTextAsync("typed by keyboard alone");
    }

    [Fact]
    public async Task Menus_and_dialogs_are_used_with_the_keyboard_and_give_the_focus_back()
    {
        var chat = await shared.Server.CreateAnsweredAsync("renamed by keyboard");
        await using var tab = await Tab.OpenAsync(chromium, shared.Server, $"/c/{chat}");
        await tab.WaitForAnswersAsync(1);
        var keyboard = tab.Page.Keyboard;
        var menu = tab.Page.Locator("header .menu-button");
        await menu.FocusAsync();
        await keyboard.PressAsync("Enter");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Rename" })).ToBeFocusedAsync();
        await keyboard.PressAsync("ArrowUp");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Delete" })).ToBeFocusedAsync();
        await keyboard.PressAsync("Escape");
        await Assertions.Expect(menu).ToBeFocusedAsync();
        await keyboard.PressAsync("Enter");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Rename" })).ToBeFocusedAsync();
        await keyboard.PressAsync("Enter");
        await Assertions.Expect(tab.Page.GetByLabel("Title")).ToBeFocusedAsync();
        await keyboard.TypeAsync("a name typed over the old one");
        await keyboard.PressAsync("Enter");
        await Assertions.Expect(tab.Page.Locator("header .title")).ToHaveTextAsync("a name typed over the old one");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
        await Assertions.Expect(menu).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_queued_message_is_deleted_with_the_keyboard_and_what_happens_is_said()
    {
        var chat = await shared.Server.CreateAsync("tell me a long story", "slow");
        await using var tab = await Tab.OpenAsync(chromium, shared.Server, $"/c/{chat}");
        var said = tab.Page.Locator("[role=status][aria-live=polite]");
        await tab.WaitForWordsAsync(20);
        await tab.SendAsync("not so important");
        await tab.Button("Delete from the queue: not so important").FocusAsync();
        await tab.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(tab.Queue).ToBeHiddenAsync();
        await Assertions.Expect(tab.Composer).ToBeFocusedAsync();
        await tab.Page.Keyboard.PressAsync("Escape");
        await tab.WaitForAnswersAsync(1);
        await Assertions.Expect(said).ToHaveTextAsync(new Regex("The answer was stopped|The answer is complete"));
        await tab.SendAsync("please fail");
        await Assertions.Expect(said).ToHaveTextAsync("The answer failed");
    }
}
