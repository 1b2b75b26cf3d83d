using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using DurableChat.Integration.Tests.AiSdk;
using DurableChat.Integration.Tests.Auth;
using DurableChat.Server.Auth;
using DurableChat.Server.Configuration;
using DurableChat.Server.Hosting;
using Xunit;

namespace DurableChat.Integration.Tests.Http;

/// <summary>Nobody gets at what is not theirs.</summary>
public sealed class OwnerTests
{
    private const string Alice = "dc_alice";
    private const string Bob = "dc_bob";

    private static readonly string[] _tokens =
    [
        "Auth:Tokens:0:Owner=alice", $"Auth:Tokens:0:Sha256={TokenList.Hash(Alice)}", "Auth:Tokens:0:Operator=true",
        "Auth:Tokens:1:Owner=bob", $"Auth:Tokens:1:Sha256={TokenList.Hash(Bob)}",
    ];

    [Fact]
    public async Task On_every_endpoint_of_the_description_others_see_nothing_and_nobody_is_let_in()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var server = await TestServer.StartAsync(null, [.. _tokens, .. issuer.Settings]);
        using var alice = server.Client(Alice);
        using var bob = server.Client(Bob);
        using var stranger = server.Client(issuer.Issue("alice"));
        using var nobody = server.Client();
        using var wrong = server.Client("dc_wrong");
        using var expired = server.Client(issuer.IssueWrong("expired"));
        var chat = await server.CreateAsync(model: "stuck", http: alice);
        var bobs = await server.CreateAsync(model: "stuck", http: bob);
        var missing = new string('0', 32);
        var tickets = await Task.WhenAll(
            StreamTicketTests.IssueAsync(bob, $"chats/{bobs}/stream-ticket"), StreamTicketTests.IssueAsync(bob, "chats/watch/stream-ticket"), StreamTicketTests.IssueAsync(alice, $"chats/{chat}/stream-ticket"));
        using var plain = new HttpClient();
        var document = await plain.GetFromJsonAsync<JsonElement>(new Uri($"{server.Url}/openapi/v1.json"));
        var (tried, opened) = (0, 0);
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var method in path.Value.EnumerateObject())
            {
                // What is not below the prefix is named by its whole path.
                var route = (path.Name.StartsWith("/api/v1/", StringComparison.Ordinal) ? path.Name["/api/v1/".Length..] : path.Name).Replace("{messageId}", "1", StringComparison.Ordinal).Replace("{queuedId}", "1", StringComparison.Ordinal);
                var hers = route.Replace("{id}", chat, StringComparison.Ordinal);
                foreach (var outsider in new[] { nobody, wrong, expired })
                {
                    Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync(outsider, method.Name, hers)).Status);
                }

                // Tickets of bob's chat and list and of alice's chat: each is good for its own stream, and the one of her chat is seen to open it.
                foreach (var ticket in tickets)
                {
                    var called = await CallAsync(nobody, method.Name, $"{hers}?ticket={ticket}");
                    var isStream = route is "chats/{id}/stream" or "chats/watch";
                    var isIts = (route == "chats/{id}/stream" && ticket == tickets[2]) || (route == "chats/watch" && ticket == tickets[1]);
                    Assert.Equal((path.Name, isIts ? HttpStatusCode.OK : HttpStatusCode.Unauthorized), (path.Name, called.Status));
                    Assert.Equal(!isIts && isStream, called.Body.Contains("invalid_ticket", StringComparison.Ordinal));
                    opened += isIts ? 1 : 0;
                }

                if (route.Contains("{id}", StringComparison.Ordinal))
                {
                    foreach (var other in new[] { bob, stranger })
                    {
                        var theirs = await CallAsync(other, method.Name, hers);
                        Assert.Equal(
                            route switch { "/ai-sdk/chat/{id}/stream" => HttpStatusCode.NoContent, "/ai-sdk/chat/{id}/messages" => HttpStatusCode.OK, _ => HttpStatusCode.NotFound },
                            theirs.Status);
                        Assert.Equal((await CallAsync(other, method.Name, route.Replace("{id}", missing, StringComparison.Ordinal))).Body, theirs.Body);
                    }

                    tried++;
                }
            }
        }

        Assert.Equal(2, opened);
        Assert.Equal(15, tried);
        Assert.DoesNotContain(chat, await bob.GetStringAsync(new Uri("chats", UriKind.Relative)), StringComparison.Ordinal);

        // For clients of the AI SDK any name is good for a chat, hers too: but then it is one of his own.
        using var his = await UiStream.SendAsync(server, chat, "m1", "hello", http: bob);
        Assert.Equal("turn_1", (await his.ReadAsync()).MessageId);
        using var hersStill = await UiStream.SendAsync(server, chat, "m1", "hello", http: alice);
        Assert.Equal(1, (await alice.GetFromJsonAsync<JsonElement>($"chats/{chat}")).GetProperty("queue").GetArrayLength());
        Assert.Equal(1, (await alice.GetFromJsonAsync<JsonElement>("chats")).GetProperty("chats").GetArrayLength());
    }

    [Theory]
    [InlineData("access_token")]
    [InlineData("token")]
    public async Task A_token_in_a_url_lets_nobody_in(string parameter)
    {
        await using var server = await TestServer.StartAsync(null, _tokens);
        using var alice = server.Client(Alice);
        using var nobody = server.Client();
        var chat = await server.CreateAsync(model: "stuck", http: alice);
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync(nobody, "get", $"chats/{chat}/stream?{parameter}={Alice}")).Status);
    }

    [Fact]
    public async Task Only_operators_read_the_metrics()
    {
        await using var server = await TestServer.StartAsync(null, _tokens);
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync(server.Client(), "get", "/metrics")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await CallAsync(server.Client(Bob), "get", "/metrics")).Status);
        Assert.Equal(HttpStatusCode.OK, (await CallAsync(server.Client(Alice), "get", "/metrics")).Status);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:0")]
    [InlineData("http://127.0.0.1:0;http://192.0.2.1:0")]
    public void Without_tokens_the_server_serves_this_machine_only(string urls)
    {
        using var folder = new TemporaryFolder();
        var refused = Assert.Throws<ConfigurationException>(() => ServerApplication.Build(new ServeOptions(urls, folder.File("chat.db"), null, null), []));
        Assert.Contains("Configure tokens", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreign_host_name_that_points_here_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "chats");
        request.Headers.Host = "evil.example";
        using var response = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("Models:0:Provider=magic", "magic")]
    [InlineData("Models:0:Provider=openai", "lacks 'Model'")]
    [InlineData("DurableChat:Worker:LeaseDuration=00:00:01", "LeaseDuration")]
    [InlineData("DurableChat:Feeds:WindowMessages=-1", "WindowMessages")]
    [InlineData("Auth:Tokens:0:Owner=alice", "Sha256")]
    public void A_wrong_configuration_is_refused_with_its_name(string setting, string named)
    {
        using var folder = new TemporaryFolder();
        var refused = Assert.Throws<ConfigurationException>(() =>
            ServerApplication.Build(new ServeOptions("http://127.0.0.1:0", folder.File("chat.db"), null, null), ["Models:0:Name=demo", "Models:0:Provider=demo", .. setting.StartsWith("Models", StringComparison.Ordinal) ? ["Models:1:Name=other"] : Array.Empty<string>(), setting.Replace("Models:0", "Models:1", StringComparison.Ordinal)]));
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode Status, string Body)> CallAsync(HttpClient http, string method, string route)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), route);
        if (method is "post" or "patch")
        {
            var body = route.EndsWith("tool-results", StringComparison.Ordinal) ? """{"results":[{"call_id":"a","result":"b"}]}"""
                : route.Contains("/messages", StringComparison.Ordinal) || route == "chats" ? """{"content":"x"}""" : """{"title":"x"}""";
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return (response.StatusCode, response.Content.Headers.ContentType?.MediaType == "text/event-stream" ? string.Empty : WithoutTrace(await response.Content.ReadAsStringAsync()));
    }

    /// <summary>Each answer has a trace id of its own, which tells nothing.</summary>
    private static string WithoutTrace(string body) => System.Text.RegularExpressions.Regex.Replace(body, "\"trace_id\":\"[^\"]*\",?", string.Empty);
}
