using Microsoft.Playwright;
using Xunit;

namespace DurableChat.Browser.Tests.Support;

/// <summary>
/// A tab with a page of somebody else's program: an unmodified <c>useChat</c>, of one version of its packages, on the
/// server's own origin.
/// </summary>
internal sealed class AiSdkTab
{
    private AiSdkTab(IPage page) => Page = page;

    public IPage Page { get; }

    public ILocator Answers => Page.GetByRole(AriaRole.Article, new() { Name = "assistant" });

    public ILocator Mine => Page.GetByRole(AriaRole.Article, new() { Name = "user" });

    public ILocator Status => Page.GetByRole(AriaRole.Status);

    /// <summary>Opens a chat by the name that the client gives it.</summary>
    public static async Task<AiSdkTab> OpenAsync(IBrowserContext context, ServerProcess server, string version, string chat)
    {
        var script = Path.Combine(FindRoot(), "tests", "ai-sdk", "dist", $"page{version}.js");
        Assert.SkipUnless(File.Exists(script), "The page with useChat is not built: './test' does it, if npm is there.");
        var complaints = Complaints.OfThisTest();
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(Chromium.Patience);
        page.PageError += (_, error) => complaints.Add(error);
        await page.RouteAsync("**/use-chat.html", route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<!doctype html><body><script type=module src=use-chat.js></script>" }));
        await page.RouteAsync("**/use-chat.js", route => route.FulfillAsync(new() { ContentType = "text/javascript", Path = script }));
        await page.GotoAsync(new Uri(server.Url, $"use-chat.html#{Uri.EscapeDataString(chat)}").ToString());
        return new AiSdkTab(page);
    }

    public async Task SendAsync(string text)
    {
        var input = Page.GetByLabel("Message");
        await input.FillAsync(text);
        await input.PressAsync("Enter");
    }

    public Task ClickAsync(string button) => Page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();

    /// <summary>Waits until the newest answer is longer than that.</summary>
    public Task WaitForWordsAsync(int characters) =>
        Page.WaitForFunctionAsync("length => ([...document.querySelectorAll('article[aria-label=assistant]')].at(-1)?.textContent.length ?? 0) > length", characters);

    public Task<string> AnswerAsync() => Page.EvaluateAsync<string>("[...document.querySelectorAll('article[aria-label=assistant]')].at(-1)?.textContent ?? ''");

    public async Task WaitUntilReadyAsync(int answers)
    {
        await Assertions.Expect(Answers).ToHaveCountAsync(answers);
        await Assertions.Expect(Status).ToHaveTextAsync("ready");
    }

    /// <summary>Waits until it is busy, be it for one frame: to be called before what makes it so.</summary>
    public Task WaitUntilBusyAsync() => Page.WaitForFunctionAsync("document.querySelector('[role=status]').textContent !== 'ready'");

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
