using System.Net;
using System.Text.RegularExpressions;
using DurableChat.Server.Auth;
using DurableChat.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DurableChat.Integration.Tests.Http;

/// <summary>What every answer tells browsers.</summary>
public sealed partial class SecurityHeadersTests
{
    private static readonly string[] _tokens = ["Auth:Tokens:0:Owner=alice", $"Auth:Tokens:0:Sha256={TokenList.Hash("dc_alice")}", "Auth:Tokens:0:Operator=true"];

    [Fact]
    public async Task Every_answer_has_them()
    {
        await using var server = await TestServer.StartAsync(null, _tokens);
        using var alice = server.Client("dc_alice");
        var chat = await server.CreateAsync(model: "stuck", http: alice);
        foreach (var (method, route, status) in new[]
        {
            ("GET", "/", HttpStatusCode.OK), ("GET", "/healthz", HttpStatusCode.OK), ("GET", "/readyz", HttpStatusCode.OK), ("GET", "/metrics", HttpStatusCode.OK), ("GET", "/docs/", HttpStatusCode.OK),
            ("GET", "/docs/scalar.js", HttpStatusCode.OK), ("GET", "/openapi/v1.json", HttpStatusCode.OK), ("GET", "/nothing", HttpStatusCode.NotFound), ("GET", "chats", HttpStatusCode.OK),
            ("GET", $"chats/{chat}/stream", HttpStatusCode.OK), ("PUT", "chats", HttpStatusCode.MethodNotAllowed), ("POST", "chats", HttpStatusCode.UnsupportedMediaType), ("GET", "chats/0", HttpStatusCode.NotFound),
        })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), route);
            using var response = await alice.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal((route, status), (route, response.StatusCode));
            AssertHeaders(response);
            if (!route.StartsWith('/'))
            {
                Assert.True(response.Headers.CacheControl?.NoStore, route);
            }
        }

        using var refused = await server.Http.GetAsync(new Uri("chats", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        AssertHeaders(refused);
    }

    [Fact]
    public async Task A_host_name_that_is_refused_is_answered_with_them()
    {
        await using var server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "chats");
        request.Headers.Host = "evil.example";
        using var response = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        AssertHeaders(response);
    }

    [Fact]
    public async Task The_reference_runs_its_own_scripts_only_and_asks_no_other_host()
    {
        await using var server = await TestServer.StartAsync();
        using var response = await server.Http.GetAsync(new Uri("/docs/", UriKind.Relative));
        var html = await response.Content.ReadAsStringAsync();
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        var nonce = Nonce().Match(policy).Groups[1].Value;
        Assert.NotEmpty(nonce);
        Assert.All(Script().Matches(html), script => Assert.Contains($"nonce=\"{nonce}\"", script.Value, StringComparison.Ordinal));
        Assert.DoesNotContain("//", html.Replace("http://www.w3.org", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain(nonce, await server.Http.GetStringAsync(new Uri("/docs/", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https", "chat.example.com", true)]
    [InlineData("https", "localhost", false)]
    [InlineData("http", "chat.example.com", false)]
    public async Task Errors_have_them_too_and_transport_security_goes_with_https(string scheme, string host, bool isStrict)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddProblemDetails();
        SecurityHeaders.Add(builder.Services);
        await using var app = builder.Build();
        app.Use((context, next) =>
        {
            context.Request.Scheme = scheme;
            return next(context);
        });
        app.UseExceptionHandler();
        app.MapGet("/", string () => throw new InvalidOperationException());
        await app.StartAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        request.Headers.Host = host;
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        AssertHeaders(response);
        Assert.Equal(isStrict, response.Headers.Contains("Strict-Transport-Security"));
    }

    private static void AssertHeaders(HttpResponseMessage response)
    {
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("DENY", response.Headers.GetValues("X-Frame-Options").Single());
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("same-origin", response.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; ", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
    }

    [GeneratedRegex("'nonce-([^']+)'")]
    private static partial Regex Nonce();

    [GeneratedRegex("<script[^>]*>")]
    private static partial Regex Script();
}
