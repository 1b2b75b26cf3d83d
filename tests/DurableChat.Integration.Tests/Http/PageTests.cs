using System.Net;
using DurableChat.Server.Http;
using DurableChat.Server.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DurableChat.Integration.Tests.Http;

/// <summary>How the page is served: a made-up one, so that these tests need no Node.</summary>
public sealed class PageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/c/01a208fcbb727c87bc52839db4db1e60")]
    [InlineData("/ops")]
    public async Task Every_view_is_the_page_with_a_strict_policy_and_is_asked_for_each_time(string path)
    {
        await using var app = await StartAsync(withPage: true);
        using var response = await _http.GetAsync(new Uri(UrlOf(app) + path));
        Assert.Equal("<h1>page</h1>", await response.Content.ReadAsStringAsync());
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.CacheControl?.NoCache);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
    }

    [Fact]
    public async Task Assets_are_kept_for_ever_and_sent_as_they_were_compressed()
    {
        await using var app = await StartAsync(withPage: true);
        using var request = new HttpRequestMessage(HttpMethod.Get, UrlOf(app) + "/assets/a-1.js");
        request.Headers.Add("Accept-Encoding", "gzip, deflate, br");
        using var response = await _http.SendAsync(request);
        Assert.Equal("br", Assert.Single(response.Content.Headers.ContentEncoding));
        Assert.Equal("brotli", await response.Content.ReadAsStringAsync());
        Assert.Contains("immutable", response.Headers.GetValues("Cache-Control").Single(), StringComparison.Ordinal);

        using var plain = await _http.GetAsync(new Uri(UrlOf(app) + "/assets/a-1.js"));
        Assert.Equal("plain", await plain.Content.ReadAsStringAsync());
        Assert.NotEqual(response.Headers.ETag, plain.Headers.ETag);
    }

    [Fact]
    public async Task What_the_browser_has_is_not_sent_again()
    {
        await using var app = await StartAsync(withPage: true);
        using var first = await _http.GetAsync(new Uri(UrlOf(app)));
        using var request = new HttpRequestMessage(HttpMethod.Get, UrlOf(app));
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Theory]
    [InlineData("/assets/../secret")]
    [InlineData("/assets/%2e%2e/secret")]
    [InlineData("/assets/a-1.js.br")]
    [InlineData("/other")]
    public async Task Nothing_but_the_page_is_served(string path)
    {
        await using var app = await StartAsync(withPage: true);
        await File.WriteAllTextAsync(_folder.File("secret"), "secret");
        using var response = await _http.GetAsync(new Uri(UrlOf(app) + path));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Without_a_page_the_server_says_how_to_get_it()
    {
        await using var app = await StartAsync(withPage: false);
        var text = await _http.GetStringAsync(new Uri(UrlOf(app)));
        Assert.Contains("Node.js", text, StringComparison.Ordinal);
        Assert.Contains("/docs", text, StringComparison.Ordinal);
    }

    private async Task<WebApplication> StartAsync(bool withPage)
    {
        var folder = Path.Combine(_folder.Path, "page");
        if (withPage)
        {
            Directory.CreateDirectory(Path.Combine(folder, "assets"));
            await File.WriteAllTextAsync(Path.Combine(folder, "index.html"), "<h1>page</h1>");
            await File.WriteAllTextAsync(Path.Combine(folder, "assets", "a-1.js"), "plain");
            await File.WriteAllTextAsync(Path.Combine(folder, "assets", "a-1.js.br"), "brotli");
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        SecurityHeaders.Add(builder.Services);
        var app = builder.Build();
        PageEndpoints.Map(app, folder);
        await app.StartAsync();
        return app;
    }

    private static string UrlOf(WebApplication app) => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
}
