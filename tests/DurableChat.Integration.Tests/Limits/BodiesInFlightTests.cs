using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using DurableChat.AspNetCore.Bodies;
using DurableChat.Integration.Tests.Http;
using DurableChat.Server.Auth;
using DurableChat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DurableChat.Integration.Tests.Limits;

/// <summary>Bodies that are announced and never come take their place in the budget, and nobody else's.</summary>
public sealed class BodiesInFlightTests : IAsyncLifetime
{
    private const int Largest = 100_000;

    /// <summary>Two of the largest and a small one.</summary>
    private const int InAll = 230_000;

    /// <summary>What an owner may have beside a largest one.</summary>
    private const int Small = 20_000;

    private TestServer _server = null!;

    private BodyBudget Budget => _server.Services.GetRequiredService<BodyBudget>();

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(
        null,
        "Auth:Tokens:0:Owner=alice", $"Auth:Tokens:0:Sha256={TokenList.Hash("alice")}",
        "Auth:Tokens:1:Owner=bob", $"Auth:Tokens:1:Sha256={TokenList.Hash("bob")}",
        "Auth:Tokens:2:Owner=carol", $"Auth:Tokens:2:Sha256={TokenList.Hash("carol")}",
        $"Http:MaxBodyBytes={Largest}", $"Http:MaxAiSdkBodyBytes={Largest}",
        $"Http:MaxBodyBytesInFlightOfOwner={Largest + Small}", $"Http:MaxBodyBytesInFlight={InAll}");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task An_owner_whose_bodies_are_under_way_is_refused_before_the_next_is_read_and_others_are_served()
    {
        using var stuck = await BeginAsync("alice", Largest);
        using var alice = _server.Client("alice");
        using var refused = await alice.PostAsJsonAsync("chats", new { content = new string('x', 20_000) });
        await AssertRefusedAsync(refused, HttpStatusCode.TooManyRequests, "too_many_bodies");
        using var bob = _server.Client("bob");
        using var served = await bob.PostAsJsonAsync("chats", new { content = "Hello" });
        Assert.Equal(HttpStatusCode.Created, served.StatusCode);

        stuck.Dispose();
        await Eventually.IsAsync(() => Budget.Taken == 0);
        using var again = await alice.PostAsJsonAsync("chats", new { content = new string('x', 20_000) });
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.Equal((0, 0), (Budget.Taken, Budget.Owners));
    }

    [Fact]
    public async Task A_replica_that_is_full_of_large_bodies_serves_small_ones_while_there_is_room_and_then_says_so_to_all()
    {
        using var one = await BeginAsync("alice", Largest);
        using var two = await BeginAsync("bob", Largest);
        using var bob = _server.Client("bob");
        using var served = await bob.PostAsJsonAsync("chats", new { content = "Hello" });
        Assert.Equal(HttpStatusCode.Created, served.StatusCode);
        using var three = await BeginAsync("bob", Small);
        using var carol = _server.Client("carol");
        using var refused = await carol.PostAsJsonAsync("chats", new { content = new string('x', Small) });
        await AssertRefusedAsync(refused, HttpStatusCode.ServiceUnavailable, "bodies_full");
    }

    [Fact]
    public async Task A_stream_that_a_body_opened_holds_nothing_of_it()
    {
        using var alice = _server.Client("alice");
        var body = new { id = "chat", trigger = "submit-message", model = "stuck", messages = new[] { new { id = "m", role = "user", parts = new[] { new { type = "text", text = "Hello" } } } } };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_server.Url}/ai-sdk/chat") { Content = JsonContent.Create(body) };
        using var stream = await alice.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, stream.StatusCode);
        Assert.Equal((0, 0), (Budget.Taken, Budget.Owners));
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("1", Assert.Single(response.Headers.GetValues("Retry-After")));
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((code, true), (problem.GetProperty("code").GetString(), problem.GetProperty("retryable").GetBoolean()));
    }

    /// <summary>Announces a body, sends its first byte, and waits until its place is taken.</summary>
    private async Task<TcpClient> BeginAsync(string token, int length)
    {
        var before = Budget.Taken;
        var url = new Uri(_server.Url);
        var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/v1/chats HTTP/1.1\r\nHost: {url.Authority}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{{"));
        await Eventually.IsAsync(() => Budget.Taken == before + length);
        return client;
    }
}
