using DurableChat.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace DurableChat.Browser.Tests;

/// <summary>What is shown while there is nothing to show yet.</summary>
public sealed class LoadingTests(Chromium chromium) : IAsyncLifetime
{
    private ServerProcess _server = null!;

    public async ValueTask InitializeAsync() => _server = await ServerProcess.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task While_a_slow_server_thinks_the_page_shows_where_things_will_be_and_takes_what_is_typed()
    {
        var chat = await _server.CreateAnsweredAsync("a question of before");
        await using var tab = await Tab.OpenAsync(chromium, _server);
        var held = new TaskCompletionSource();
        await tab.Page.RouteAsync("**/api/v1/chats/**", async route =>
        {
            await held.Task;
            await route.ContinueAsync();
        });
        await tab.GoAsync($"/c/{chat}");
        await Assertions.Expect(tab.Page.GetByLabel("Loading the conversation")).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page.GetByLabel("Loading chats")).ToBeVisibleAsync();
        await tab.Composer.FillAsync("typed before it was there");
        held.SetResult();
        await tab.WaitForAnswersAsync(1);
        await Assertions.Expect(tab.Page.GetByLabel("Loading")).ToHaveCountAsync(0);
        await Assertions.Expect(tab.Composer).ToHaveValueAsync("typed before it was there");
    }

    [Fact]
    public async Task Empty_lists_say_what_will_be_in_them()
    {
        await using var tab = await Tab.OpenAsync(chromium, _server);
        await Assertions.Expect(tab.Page.GetByText("Your chats will be here")).ToBeVisibleAsync();
        await tab.Button("Archived").ClickAsync();
        await Assertions.Expect(tab.Page.GetByText("Nothing is archived")).ToBeVisibleAsync();
        await tab.GoAsync("/ops");
        await Assertions.Expect(tab.Page.GetByText("No chat is in memory")).ToBeVisibleAsync();
    }
}
