using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace DurableChat.Browser.Tests.Support;

/// <summary>A person's tab: what they see by role and name, and what the browser complains about.</summary>
public sealed partial class Tab : IAsyncDisposable
{
    private readonly Complaints _complaints = Complaints.OfThisTest();
    private readonly Uri _server;
    private readonly bool _ownsContext;

    private Tab(Uri server, IPage page, bool ownsContext)
    {
        _server = server;
        _ownsContext = ownsContext;
        Page = page;
        page.SetDefaultTimeout(Chromium.Patience);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => _complaints.Add(error);
    }

    public IPage Page { get; }

    public IBrowserContext Context => Page.Context;

    public ILocator Composer => Page.Locator("#composer");

    public ILocator Answers => Page.GetByRole(AriaRole.Article, new() { Name = "Assistant" });

    public ILocator Mine => Page.GetByRole(AriaRole.Article, new() { Name = "You", Exact = true });

    public ILocator Queue => Page.GetByRole(AriaRole.Region, new() { Name = "Queue" });

    public string ChatId => Page.Url.Split('/')[^1];

    public static Task<Tab> OpenAsync(Chromium chromium, ServerProcess server, string path = "/", BrowserNewContextOptions? options = null) =>
        OpenAsync(chromium, server.Url, path, options);

    public static async Task<Tab> OpenAsync(Chromium chromium, Uri server, string path = "/", BrowserNewContextOptions? options = null)
    {
        SkipWithoutPage();
        var context = await chromium.Browser.NewContextAsync(options ?? new() { ViewportSize = new() { Width = 1280, Height = 800 } });
        var tab = new Tab(server, await context.NewPageAsync(), ownsContext: true);
        await tab.GoAsync(path);
        return tab;
    }

    /// <summary>A second tab of the same person.</summary>
    public async Task<Tab> OpenBesideAsync(string path)
    {
        var tab = new Tab(_server, await Context.NewPageAsync(), ownsContext: false);
        await tab.GoAsync(path);
        return tab;
    }

    public Task GoAsync(string path) => Page.GotoAsync(new Uri(_server, path).ToString());

    public ILocator Button(string name, bool exact = false) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = exact });

    public async Task SendAsync(string text)
    {
        await Composer.FillAsync(text);
        await Composer.PressAsync("Enter");
    }

    /// <summary>Waits until nothing is being answered and so many answers are drawn, as all of them are in a short chat.</summary>
    public async Task WaitForAnswersAsync(int count)
    {
        await Assertions.Expect(Answers).ToHaveCountAsync(count);
        await WaitUntilQuietAsync();
    }

    /// <summary>Waits until nothing is being answered.</summary>
    public Task WaitUntilQuietAsync() => Assertions.Expect(Page.GetByRole(AriaRole.Log)).ToHaveAttributeAsync("aria-busy", "false");

    /// <summary>Waits until the newest answer is at least so long.</summary>
    public Task WaitForWordsAsync(int characters) =>
        Page.WaitForFunctionAsync("length => ([...document.querySelectorAll('.answer')].at(-1)?.innerText.length ?? 0) > length", characters);

    /// <summary>The text of the newest answer, with single spaces.</summary>
    public async Task<string> AnswerAsync() => Plain(await Page.EvaluateAsync<string>("[...document.querySelectorAll('.answer .markdown')].at(-1)?.innerText ?? ''"));

    /// <summary>What a text of plain paragraphs and headings looks like once it is shown.</summary>
    public static string Plain(string markdown) => Spaces().Replace(Headings().Replace(markdown, string.Empty), " ").Trim();

    /// <summary>Forgets complaints that a test has provoked.</summary>
    public void Forgive(string part) => _complaints.Forgive(part);

    public async ValueTask DisposeAsync()
    {
        if (_ownsContext)
        {
            await Context.CloseAsync();
        }
        else
        {
            await Page.CloseAsync();
        }
    }

    private static void SkipWithoutPage() =>
        Assert.SkipUnless(File.Exists(Path.Combine(AppContext.BaseDirectory, "page", "index.html")), "The page is not built: npm is missing.");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"^#+ ", RegexOptions.Multiline)]
    private static partial Regex Headings();
}
