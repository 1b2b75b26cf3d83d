using DurableChat.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace DurableChat.Browser.Tests;

/// <summary>The list of chats.</summary>
public sealed class ChatListTests(Chromium chromium) : IAsyncLifetime
{
    private ServerProcess _server = null!;

    public async ValueTask InitializeAsync() => _server = await ServerProcess.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_chat_is_renamed_put_away_brought_back_and_deleted_in_every_tab()
    {
        var chat = await _server.CreateAnsweredAsync("a chat to be kept in order");
        await using var tab = await Tab.OpenAsync(chromium, _server, $"/c/{chat}");
        await using var other = await tab.OpenBesideAsync("/");
        await ChooseAsync(tab, "a chat to be kept in order", "Rename");
        await tab.Page.GetByLabel("Title").FillAsync("a better name");
        await tab.Page.GetByLabel("Title").PressAsync("Enter");
        await Assertions.Expect(Row(tab, "a better name")).ToBeVisibleAsync();
        await Assertions.Expect(Row(other, "a better name")).ToBeVisibleAsync();

        await ChooseAsync(tab, "a better name", "Archive");
        await Assertions.Expect(Row(other, "a better name")).ToBeHiddenAsync();
        await Assertions.Expect(tab.Page.GetByText("This chat is archived")).ToBeVisibleAsync();
        await other.Button("Archived").ClickAsync();
        await Assertions.Expect(Row(other, "a better name")).ToBeVisibleAsync();
        await tab.Button("Bring it back").ClickAsync();
        await Assertions.Expect(tab.Composer).ToBeVisibleAsync();

        await ChooseAsync(tab, "a better name", "Delete");
        await tab.Button("Delete", exact: true).ClickAsync();
        await Assertions.Expect(Row(tab, "a better name")).ToBeHiddenAsync();

        // The list may hear of it before the answer to the request has come.
        await Assertions.Expect(tab.Page).ToHaveURLAsync(new Uri(new Uri(tab.Page.Url), "/").AbsoluteUri);
        await tab.GoAsync($"/c/{chat}");
        await Assertions.Expect(tab.Page.GetByText("This chat is not here")).ToBeVisibleAsync();
        tab.Forgive("404");
    }

    [Fact]
    public async Task A_search_finds_chats_that_are_not_on_the_first_page()
    {
        await _server.CreateAnsweredAsync("the needle in the haystack");
        for (var i = 0; i < 110; i++)
        {
            await _server.CreateAsync($"straw {i}", "instant");
        }

        await using var tab = await Tab.OpenAsync(chromium, _server);
        await tab.Page.Keyboard.PressAsync("Control+k");
        var search = tab.Page.GetByRole(AriaRole.Searchbox);
        await Assertions.Expect(search).ToBeFocusedAsync();
        await search.FillAsync("HAYSTACK needle");
        await Assertions.Expect(Row(tab, "the needle in the haystack")).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page.Locator(".chat-row")).ToHaveCountAsync(1);
        await search.FillAsync("nothing like this");
        await Assertions.Expect(tab.Page.GetByText("No chat has these words")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_chat_begun_elsewhere_appears_and_shows_that_it_is_answering()
    {
        await using var tab = await Tab.OpenAsync(chromium, _server);
        await _server.CreateAsync("tell me a long story from elsewhere", "slow");
        await Assertions.Expect(Row(tab, "tell me a long story from elsewhere, answering")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Archived_chats_are_there_also_after_the_network_was_away()
    {
        await _server.CreateAnsweredAsync("older than what is put away");
        await _server.CreateAnsweredAsync("put away for later");
        await using var tab = await Tab.OpenAsync(chromium, _server);
        await ChooseAsync(tab, "put away for later", "Archive");
        await tab.Button("Archived").ClickAsync();
        await Assertions.Expect(Row(tab, "put away for later")).ToBeVisibleAsync();

        await tab.Context.SetOfflineAsync(true);
        await Assertions.Expect(tab.Page.GetByText("You are offline")).ToBeVisibleAsync();
        await _server.CreateAnsweredAsync("begun meanwhile");
        await tab.Context.SetOfflineAsync(false);
        await tab.Button("Back to chats").ClickAsync();
        await Assertions.Expect(Row(tab, "begun meanwhile")).ToBeVisibleAsync();
        await tab.Button("Archived").ClickAsync();
        await Assertions.Expect(Row(tab, "put away for later")).ToBeVisibleAsync();
        tab.Forgive("net::ERR_");
    }

    [Fact]
    public async Task What_was_typed_in_each_chat_is_there_after_a_reload()
    {
        var one = await _server.CreateAnsweredAsync("chat one");
        var two = await _server.CreateAnsweredAsync("chat two");
        await using var tab = await Tab.OpenAsync(chromium, _server, $"/c/{one}");
        await tab.Composer.FillAsync("half a thought\nin two lines");
        await Row(tab, "chat two").ClickAsync();
        await Assertions.Expect(tab.Composer).ToHaveValueAsync(string.Empty);
        await tab.Composer.FillAsync("another");
        await tab.Page.ReloadAsync();
        await Assertions.Expect(tab.Composer).ToHaveValueAsync("another");
        await Row(tab, "chat one").ClickAsync();
        await Assertions.Expect(tab.Composer).ToHaveValueAsync("half a thought\nin two lines");
        Assert.NotEqual(one, two);
    }

    [Fact]
    public async Task A_new_chat_is_answered_by_the_model_that_was_chosen()
    {
        await using var tab = await Tab.OpenAsync(chromium, _server);
        await tab.Page.GetByLabel("Model").SelectOptionAsync("instant");
        await tab.SendAsync("hello");
        await tab.WaitForAnswersAsync(1);
        await Assertions.Expect(tab.Answers.First).ToContainTextAsync("instant");
        await tab.GoAsync("/");
        await Assertions.Expect(tab.Page.GetByLabel("Model")).ToHaveValueAsync("instant");
    }

    private static ILocator Row(Tab tab, string title) => tab.Page.Locator(".chat-row").GetByRole(AriaRole.Link, new() { Name = title, Exact = true });

    private static async Task ChooseAsync(Tab tab, string title, string action)
    {
        var row = tab.Page.Locator(".chat-row").Filter(new() { HasText = title });
        await row.HoverAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = "Actions for" }).ClickAsync();
        await row.GetByRole(AriaRole.Menuitem, new() { Name = action }).ClickAsync();
    }
}
