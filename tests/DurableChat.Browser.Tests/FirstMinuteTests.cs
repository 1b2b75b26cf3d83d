using DurableChat.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace DurableChat.Browser.Tests;

/// <summary>What a person meets who has just started the server.</summary>
public sealed class FirstMinuteTests(Chromium chromium, SharedServer shared)
{
    [Fact]
    public async Task The_empty_page_offers_three_things_to_try_and_one_shows_what_a_reload_does()
    {
        await using var tab = await Tab.OpenAsync(chromium, shared.Server);
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.List, new() { Name = "Things to try" }).GetByRole(AriaRole.Listitem)).ToHaveCountAsync(3);
        await Assertions.Expect(tab.Composer).ToBeFocusedAsync();
        await tab.Button("Reload in mid-answer").ClickAsync();
        await Assertions.Expect(tab.Page.GetByText("Now reload this page")).ToBeVisibleAsync();
        await tab.WaitForWordsAsync(60);
        var before = await tab.AnswerAsync();
        await tab.Page.ReloadAsync();
        await Assertions.Expect(tab.Page.GetByText("You reloaded in mid-answer")).ToBeVisibleAsync();
        await tab.WaitForWordsAsync(before.Length);
        Assert.StartsWith(before, await tab.AnswerAsync(), StringComparison.Ordinal);
        await tab.Button("Dismiss").ClickAsync();
        await Assertions.Expect(tab.Page.GetByText("You reloaded in mid-answer")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task All_that_is_needed_first_is_at_most_150_kilobytes()
    {
        await using var tab = await Tab.OpenAsync(chromium, shared.Server);
        await Assertions.Expect(tab.Composer).ToBeVisibleAsync();
        var sizes = await tab.Page.EvaluateAsync<double[]>(
            "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource').filter(entry => !entry.name.includes('/api/'))].map(entry => entry.transferSize)");
        Assert.InRange(sizes.Sum(), 20_000, 150_000);
    }

    [Fact]
    public async Task Everything_it_loads_comes_compressed_hashed_files_are_kept_and_no_script_may_be_inline()
    {
        await using var tab = await Tab.OpenAsync(chromium, shared.Server);
        await Assertions.Expect(tab.Composer).ToBeVisibleAsync();
        var paths = await tab.Page.EvaluateAsync<string[]>(
            "[...new Set(['/', ...performance.getEntriesByType('resource').map(entry => new URL(entry.name).pathname).filter(path => !path.startsWith('/api/'))])]");
        Assert.Contains(paths, path => path.EndsWith(".css", StringComparison.Ordinal));
        Assert.Contains(paths, path => path.EndsWith(".woff2", StringComparison.Ordinal));
        long total = 0;
        foreach (var path in paths)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(shared.Server.Url, path));
            request.Headers.Add("Accept-Encoding", "gzip, br");
            using var response = await shared.Server.Http.SendAsync(request);
            response.EnsureSuccessStatusCode();
            var length = (await response.Content.ReadAsByteArrayAsync()).Length;
            total += length;

            // Fonts are compressed in themselves.
            if (!path.EndsWith(".woff2", StringComparison.Ordinal))
            {
                Assert.Equal("br", Assert.Single(response.Content.Headers.ContentEncoding));
            }

            Assert.Equal(path.StartsWith("/assets/", StringComparison.Ordinal), response.Headers.CacheControl!.Extensions.Any(extension => extension.Name == "immutable"));
            var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        }

        Assert.InRange(total, 20_000, 150_000);
    }

    [Fact]
    public async Task On_a_phone_the_list_opens_and_closes()
    {
        await using var tab = await Tab.OpenAsync(chromium, shared.Server, "/", new() { ViewportSize = new() { Width = 390, Height = 844 }, HasTouch = true, IsMobile = true });
        var list = tab.Page.GetByRole(AriaRole.Navigation, new() { Name = "Chats" });
        await Assertions.Expect(list).ToBeHiddenAsync();
        await tab.Button("Open the list of chats").TapAsync();
        await Assertions.Expect(list).ToBeVisibleAsync();
        await tab.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(list).ToBeHiddenAsync();
        Assert.True(await tab.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "The page is wider than the phone.");
    }
}
