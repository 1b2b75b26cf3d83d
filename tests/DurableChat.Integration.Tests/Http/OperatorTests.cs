using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Integration.Tests.Streaming;
using DurableChat.Server.Auth;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Integration.Tests.Http;

/// <summary>What operators see of feeds, and nobody else.</summary>
public sealed class OperatorTests
{
    private const string Operator = "dc_operator";
    private const string Owner = "dc_owner";

    private static readonly string[] _tokens =
    [
        "Auth:Tokens:0:Owner=olga", $"Auth:Tokens:0:Sha256={TokenList.Hash(Operator)}", "Auth:Tokens:0:Operator=true",
        "Auth:Tokens:1:Owner=bob", $"Auth:Tokens:1:Sha256={TokenList.Hash(Owner)}",
    ];

    [Fact]
    public async Task A_feed_shows_its_window_its_head_and_where_its_subscribers_are()
    {
        await using var server = await TestServer.StartAsync();
        var chat = await server.CreateAsync();
        using var client = new SseClient(server.Http, $"chats/{chat}/stream", new Screen());
        await client.ConnectAsync();
        await client.ReadUntilAsync(screen => screen.Status == "waiting" && screen.Ids.Count == 2);

        var feed = await server.GetAsync($"ops/feeds/{chat}");
        Assert.Equal(2, feed.GetProperty("head_id").GetInt64());
        Assert.Equal("waiting", feed.GetProperty("status").GetString());
        Assert.Equal((0, 2, 2), (feed.GetProperty("window").GetProperty("floor").GetInt64(), feed.GetProperty("window").GetProperty("tail").GetInt64(), feed.GetProperty("window").GetProperty("count").GetInt32()));
        Assert.Equal("1.2.1.0", Assert.Single(feed.GetProperty("cursors").EnumerateArray()).GetString());
        Assert.False(feed.TryGetProperty("live", out _));

        var list = await server.GetAsync("ops/feeds");
        var listed = Assert.Single(list.GetProperty("feeds").EnumerateArray());
        Assert.Equal(chat, listed.GetProperty("chat_id").GetString());
        Assert.Equal(1, listed.GetProperty("subscribers").GetInt32());
        Assert.Equal(1, list.GetProperty("count").GetInt32());
        Assert.True(list.GetProperty("bytes").GetInt64() > 0);
        Assert.NotEmpty(list.GetProperty("replica").GetString()!);
    }

    [Fact]
    public async Task An_answer_in_flight_shows_its_lease_and_its_parts()
    {
        await using var server = await TestServer.StartAsync();
        var chat = await server.CreateAsync("tell me a long story", "slow");
        using var client = new SseClient(server.Http, $"chats/{chat}/stream", new Screen());
        await client.ConnectAsync();
        await client.ReadUntilAsync(screen => screen.Preview.Length > 20);

        var feed = await server.GetAsync($"ops/feeds/{chat}");
        Assert.Equal(1, feed.GetProperty("live").GetProperty("generation").GetInt64());
        Assert.True(feed.GetProperty("live").GetProperty("last_seq").GetInt64() > 0);
        Assert.Equal((await server.GetAsync("ops/feeds")).GetProperty("replica").GetString(), feed.GetProperty("lease").GetProperty("replica").GetString());
    }

    [Fact]
    public async Task The_only_replica_is_listed_with_the_chats_it_drives()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("tell me a long story", "stuck");
        var list = await server.GetAsync("ops/replicas");
        var replica = Assert.Single(list.GetProperty("replicas").EnumerateArray());
        Assert.Equal(list.GetProperty("replica").GetString(), replica.GetProperty("id").GetString());
        Assert.Equal((await server.GetAsync("ops/feeds")).GetProperty("replica").GetString(), replica.GetProperty("id").GetString());
        Assert.True(replica.GetProperty("alive").GetBoolean());
        Assert.Equal(1, replica.GetProperty("leases").GetInt32());
        Assert.InRange(replica.GetProperty("heartbeat_age_seconds").GetDouble(), 0, list.GetProperty("lease_seconds").GetDouble());
        Assert.False(replica.TryGetProperty("address", out _));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(server.Http, "ops/replicas?limit=1001"));
    }

    [Fact]
    public async Task A_subscriber_that_has_gone_is_no_longer_shown()
    {
        await using var server = await TestServer.StartAsync();
        var chat = await server.CreateAsync();
        await server.FollowAsync(chat, screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        while ((await server.GetAsync($"ops/feeds/{chat}")).GetProperty("subscribers").GetInt32() > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    [Fact]
    public async Task Nobody_but_operators_sees_feeds()
    {
        await using var server = await TestServer.StartAsync(null, _tokens);
        using var olga = server.Client(Operator);
        using var bob = server.Client(Owner);
        using var nobody = server.Client();
        var chat = await server.CreateAsync(model: "stuck", http: bob);
        foreach (var route in new[] { "ops/replicas", "ops/feeds", $"ops/feeds/{chat}" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(nobody, route));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(bob, route));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(olga, route));
        }

        Assert.DoesNotContain("hello", await olga.GetStringAsync(new Uri("ops/feeds", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Feeds_that_are_not_there_are_not_made_by_asking()
    {
        await using var server = await TestServer.StartAsync();
        foreach (var id in new[] { new string('0', 32), "nonsense" })
        {
            using var missing = await server.Http.GetAsync(new Uri($"ops/feeds/{id}", UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
            Assert.Equal("feed_not_found", (await missing.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        }

        Assert.Equal(0, (await server.GetAsync("ops/feeds")).GetProperty("count").GetInt32());
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(server.Http, "ops/feeds?limit=0"));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string route)
    {
        using var response = await http.GetAsync(new Uri(route, UriKind.Relative));
        return response.StatusCode;
    }
}
