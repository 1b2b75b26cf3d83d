using System.Net;
using System.Text;
using Xunit;

namespace DurableChat.Integration.Tests.Http;

/// <summary>What pages of other origins can do to a server that asks nobody who they are: nothing, unless they are allowed.</summary>
public sealed class OriginTests
{
    private const string App = "https://app.example.com";
    private const string Body = """{"content":"x"}""";

    [Fact]
    public async Task A_foreign_page_can_send_and_follow_nothing()
    {
        await using var server = await TestServer.StartAsync();
        var chat = await server.CreateAsync(model: "stuck");
        foreach (var (name, value) in new[] { ("Origin", "https://evil.example"), ("Origin", "http://127.0.0.1:1"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site") })
        {
            foreach (var (method, route) in new[]
            {
                ("POST", $"chats/{chat}/interrupt"), ("POST", $"chats/{chat}/queue/1/promote"), ("POST", $"chats/{chat}/stream-ticket"), ("POST", "chats"),
                ("GET", $"chats/{chat}/stream"), ("GET", "chats/watch"), ("GET", "ops/feeds"),
            })
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), route);
                request.Headers.Add(name, value);
                request.Content = route == "chats" ? new StringContent(Body, Encoding.UTF8, "application/json") : null;
                using var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                Assert.Equal((route, value, HttpStatusCode.Forbidden), (route, value, response.StatusCode));
                Assert.Contains("foreign_origin", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
                Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
            }
        }

        // What a form can send is not understood, whoever sends it.
        foreach (var contentType in new[] { "text/plain", "application/x-www-form-urlencoded", "multipart/form-data" })
        {
            using var form = new StringContent(Body, Encoding.UTF8, contentType);
            using var response = await server.Http.PostAsync(new Uri("chats", UriKind.Relative), form);
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        }

        Assert.Equal("running", (await server.GetAsync($"chats/{chat}")).GetProperty("status").GetString());
        Assert.Equal(1, (await server.GetAsync("chats")).GetProperty("chats").GetArrayLength());
    }

    [Fact]
    public async Task The_servers_own_pages_work_directly_and_behind_a_proxy_that_changes_the_name()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal(HttpStatusCode.OK, await GetAsync(server, ("Origin", server.Url)));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(server, ("Origin", "https://chat.example.com"), ("Sec-Fetch-Site", "same-origin")));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(server, ("Sec-Fetch-Site", "none")));

        // A WebSocket through a proxy that ends TLS: browsers say no more of it than this.
        Assert.Equal(HttpStatusCode.OK, await GetAsync(server, ("Origin", server.Url.Replace("http://", "https://", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task A_page_of_an_allowed_origin_may_call_and_read()
    {
        await using var server = await TestServer.StartAsync(null, $"Http:AllowedOrigins:0={App}");
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "chats");
        preflight.Headers.Add("Origin", App);
        preflight.Headers.Add("Access-Control-Request-Method", "PATCH");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,idempotency-key,last-event-id");
        using var allowed = await server.Http.SendAsync(preflight);
        Assert.Equal(App, allowed.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("PATCH", allowed.Headers.GetValues("Access-Control-Allow-Methods").Single(), StringComparison.Ordinal);
        Assert.Contains("Authorization", allowed.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.OrdinalIgnoreCase);
        Assert.False(allowed.Headers.Contains("Access-Control-Allow-Credentials"));

        foreach (var (route, status) in new[] { ("chats", HttpStatusCode.OK), ("chats/watch", HttpStatusCode.OK), ("chats/0", HttpStatusCode.NotFound) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, route);
            request.Headers.Add("Origin", App);
            request.Headers.Add("Sec-Fetch-Site", "cross-site");
            using var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal((route, status), (route, response.StatusCode));
            Assert.Equal(App, response.Headers.GetValues("Access-Control-Allow-Origin").Single());
            Assert.Contains("Retry-After", response.Headers.GetValues("Access-Control-Expose-Headers").Single(), StringComparison.Ordinal);
        }

        using var foreign = new HttpRequestMessage(HttpMethod.Options, "chats");
        foreign.Headers.Add("Origin", "https://evil.example");
        foreign.Headers.Add("Access-Control-Request-Method", "DELETE");
        using var refused = await server.Http.SendAsync(foreign);
        Assert.False(refused.Headers.Contains("Access-Control-Allow-Origin"));
    }

    private static async Task<HttpStatusCode> GetAsync(TestServer server, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "chats");
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await server.Http.SendAsync(request);
        return response.StatusCode;
    }
}
