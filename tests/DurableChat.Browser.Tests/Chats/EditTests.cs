using DurableChat.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace DurableChat.Browser.Tests;

/// <summary>Asking differently, and asking again.</summary>
public sealed class EditTests(Chromium chromium, SharedServer shared)
{
    [Fact]
    public async Task An_edited_message_is_answered_anew_in_every_tab()
    {
        var chat = await shared.Server.CreateAnsweredAsync("first question");
        await using var tab = await Tab.OpenAsync(chromium, shared.Server, $"/c/{chat}");
        await tab.SendAsync("second question");
        await tab.WaitForAnswersAsync(2);
        await using var other = await tab.OpenBesideAsync($"/c/{chat}");
        await other.WaitForAnswersAsync(2);

        await tab.Mine.First.HoverAsync();
        await tab.Button("Edit message").First.ClickAsync();
        var editor = tab.Page.GetByRole(AriaRole.Form, new() { Name = "Edit message" }).GetByRole(AriaRole.Textbox);
        await Assertions.Expect(editor).ToBeFocusedAsync();
        await editor.FillAsync("a better question");
        await editor.PressAsync("Enter");
        foreach (var page in new[] { tab, other })
        {
            await Assertions.Expect(page.Page.GetByText("a better question").First).ToBeVisibleAsync();
            await page.WaitForAnswersAsync(1);
            await Assertions.Expect(page.Mine).ToHaveCountAsync(1);
        }
    }

    [Fact]
    public async Task The_up_arrow_edits_the_last_message_and_escape_leaves_it()
    {
        var chat = await shared.Server.CreateAnsweredAsync("only question");
        await using var tab = await Tab.OpenAsync(chromium, shared.Server, $"/c/{chat}");
        await tab.WaitForAnswersAsync(1);
        await tab.Composer.PressAsync("ArrowUp");
        var editor = tab.Page.GetByRole(AriaRole.Form, new() { Name = "Edit message" }).GetByRole(AriaRole.Textbox);
        await Assertions.Expect(editor).ToHaveValueAsync("only question");
        await editor.PressAsync("Escape");
        await Assertions.Expect(editor).ToBeHiddenAsync();
        await Assertions.Expect(tab.Composer).ToBeFocusedAsync();
    }

    [Fact]
    public async Task What_is_typed_over_a_message_survives_scrolling_away_and_a_reload()
    {
        await using var server = await ServerProcess.StartAsync();
        var chat = await Seed.AnswersAsync(server, [.. Enumerable.Range(2, 40).Select(i => $"Answer {i} of many.")]);
        await using var tab = await Tab.OpenAsync(chromium, server, $"/c/{chat}");
        await Assertions.Expect(tab.Answers.Filter(new() { HasText = "Answer 41 of many" })).ToBeVisibleAsync();
        await tab.Composer.PressAsync("ArrowUp");
        var editor = tab.Page.GetByRole(AriaRole.Form, new() { Name = "Edit message" }).GetByRole(AriaRole.Textbox);
        await editor.FillAsync("a better question");
        await tab.Page.Locator(".transcript").EvaluateAsync("log => log.scrollTop = 0");
        await Assertions.Expect(tab.Mine.First).ToBeInViewportAsync();
        await Assertions.Expect(editor).Not.ToBeInViewportAsync();
        await Assertions.Expect(editor).ToBeFocusedAsync();
        await Assertions.Expect(editor).ToHaveValueAsync("a better question");

        await tab.Page.ReloadAsync();
        await Assertions.Expect(tab.Answers.Filter(new() { HasText = "Answer 41 of many" })).ToBeVisibleAsync();
        await tab.Composer.PressAsync("ArrowUp");
        await Assertions.Expect(editor).ToHaveValueAsync("a better question");
    }

    [Fact]
    public async Task After_an_error_the_person_tries_again()
    {
        await using var tab = await Tab.OpenAsync(chromium, shared.Server);
        await tab.SendAsync("please fail");
        var failure = tab.Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "model_unavailable" });
        await Assertions.Expect(failure).ToBeVisibleAsync();
        await tab.Page.RunAndWaitForResponseAsync(() => tab.Button("Try again").ClickAsync(), response => response.Request.Method == "PATCH" && response.Ok);
        await shared.Server.WaitForStatusAsync(tab.ChatId, "error");
        await Assertions.Expect(failure).ToBeVisibleAsync();
        await Assertions.Expect(tab.Mine).ToHaveCountAsync(1);
    }
}
