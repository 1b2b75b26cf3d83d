using System.Text.Json;
using Xunit;

namespace DurableChat.Browser.Tests.Support;

/// <summary>Looks at a tab with axe, which comes with the page's packages. It is evaluated from outside, which the page's policy does not forbid.</summary>
internal static class Axe
{
    private static readonly string[] _serious = ["serious", "critical"];

    /// <summary>Fails if axe finds anything serious.</summary>
    public static async Task CheckAsync(Tab tab, string view)
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
