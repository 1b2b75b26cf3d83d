using Microsoft.Playwright;
using Xunit;

namespace DurableChat.Browser.Tests.Support;

/// <summary>One browser for all tests; each tab has storage of its own unless it shares a context.</summary>
public sealed class Chromium : IAsyncLifetime
{
    /// <summary>
    /// How long a test waits for what it expects to see: no claim about speed, for machines that are busy with other
    /// things.
    /// </summary>
    public const float Patience = 30_000;

    /// <summary>First the one that never has a window: it starts faster and takes less time for each test.</summary>
    private static readonly string[] _names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public IBrowser Browser => _browser ?? throw new InvalidOperationException("The browser has not been started.");

    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = FindInstalled() });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>The system's browser; null for the one that Playwright installs.</summary>
    private static string? FindInstalled()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        return _names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }
}
