using System.Text.Json;
using DurableChat.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace DurableChat.Browser.Tests;

/// <summary>What axe finds, and what works without a mouse.</summary>
public sealed class AccessibilityTests(Chromium chromium, SharedServer shared)
{
    private static readonly string[] _serious = ["serious", "critical"];

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 390)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task No_view_has_a_serious_fault(ColorScheme scheme, int width)
    {
        await using var tab = await Tab.OpenAsync(chromium, shared.Server, "/", new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 800 } });
        await Assertions.Expect(tab.Button("Reload in mid-answer")).ToBeVisibleAsync();
        await CheckAsync(tab, "the empty page");

        await tab.SendAsync("what time is it? show me code");
        await tab.WaitForAnswersAsync(1);
        await tab.SendAsync("think, and show me some code");
        await tab.WaitForAnswersAsync(2);
        foreach (var fold in await tab.Page.Locator(".fold summary").AllAsync())
        {
            await fold.ClickAsync();
        }

        await CheckAsync(tab, "a chat");
        await tab.SendAsync("tell me a long story");
        await tab.WaitForWordsAsync(50);
        await tab.SendAsync("and then");
        await Assertions.Expect(tab.Queue).ToBeVisibleAsync();
        await CheckAsync(tab, "a running chat with a queue");
        await tab.Button("Delete from the queue").ClickAsync();
        await tab.Button("Stop the answer").ClickAsync();
        await tab.WaitForAnswersAsync(3);

        await tab.Composer.BlurAsync();
        await tab.Page.Keyboard.PressAsync("?");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await CheckAsync(tab, "a dialog");
        await tab.Page.Keyboard.PressAsync("Escape");

        await tab.GoAsync("/ops");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Table).First).ToBeVisibleAsync();
        await CheckAsync(tab, "operations");
    }

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
        await keyboard.TypeAsync("keyboard alone");
        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Enter");
        await tab.WaitForAnswersAsync(1);
        await Assertions.Expect(tab.Mine).ToContainTextAsync("typed by keyboard alone");
    }

    /// <summary>Axe comes with the page's packages. It is evaluated from outside, which the page's policy does not forbid.</summary>
    private static async Task CheckAsync(Tab tab, string view)
    {
        await tab.Page.EvaluateAsync(await File.ReadAllTextAsync(Path.Combine(FindRoot(), "web", "node_modules", "axe-core", "axe.min.js")));

        // Half faded in, anything has too little contrast.
        await tab.Page.EvaluateAsync("Promise.all(document.getAnimations().filter(a => a.effect.getComputedTiming().iterations !== Infinity).map(a => a.finished.catch(() => {})))");
        var found = await tab.Page.EvaluateAsync<JsonElement>("axe.run()");
        var serious = found.GetProperty("violations").EnumerateArray()
            .Where(violation => _serious.Contains(violation.GetProperty("impact").GetString()))
            .Select(violation => $"{view}: {violation.GetProperty("id").GetString()}: {string.Join(" | ", violation.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("html").GetString()))}");
        Assert.Empty(serious);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DurableChat.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        }

        return folder.FullName;
    }
}
