using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Integration.Tests.Http;
using DurableChat.Server.Auth;
using DurableChat.Server.Limits;
using Xunit;

namespace DurableChat.Integration.Tests.Limits;

/// <summary>How many requests one caller may send.</summary>
public sealed class RequestRateTests : IAsyncLifetime
{
    private const int Burst = 5;
    private const int Many = 500;

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await StartAsync(Burst);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task An_owner_who_asks_too_often_is_told_when_to_come_back_and_others_are_served()
    {
        using var alice = _server.Client("alices token");
        var (answered, refused) = await AskUntilRefusedAsync(alice, HttpStatusCode.OK);
        using (refused)
        {
            Assert.True(answered >= Burst, $"{answered} were answered");
            Assert.InRange(int.Parse(Assert.Single(refused.Headers.GetValues("Retry-After")), CultureInfo.InvariantCulture), 1, Burst);
            var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
            Assert.Equal(("too_many_requests", true, 429), (problem.GetProperty("code").GetString(), problem.GetProperty("retryable").GetBoolean(), problem.GetProperty("status").GetInt32()));
        }

        using var bob = _server.Client("bobs token");
        using var served = await bob.GetAsync(new Uri("chats", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }

    [Fact]
    public async Task Wrong_tokens_are_counted_by_address_and_keep_nobody_out_who_has_a_right_one()
    {
        using var guessing = _server.Client("a guess");
        var (_, refused) = await AskUntilRefusedAsync(guessing, HttpStatusCode.Unauthorized);
        refused.Dispose();
        using var another = _server.Client("another guess");
        var (answered, again) = await AskUntilRefusedAsync(another, HttpStatusCode.Unauthorized);
        again.Dispose();
        Assert.True(answered < Burst, $"{answered} more guesses were answered");
        using var alice = _server.Client("alices token");
        using var served = await alice.GetAsync(new Uri("chats", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }

    [Fact]
    public async Task A_ticket_counts_for_its_owner_and_not_for_the_address_that_all_behind_a_proxy_share()
    {
        using var alice = _server.Client("alices token");
        using var issued = await alice.PostAsync(new Uri("chats/watch/stream-ticket", UriKind.Relative), null);
        var ticket = (await issued.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("ticket").GetString();
        using var guessing = _server.Client("a guess");
        var (_, refused) = await AskUntilRefusedAsync(guessing, HttpStatusCode.Unauthorized);
        refused.Dispose();
        using var browser = _server.Client();
        using var stream = await browser.GetAsync(new Uri($"chats/watch?ticket={ticket}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, stream.StatusCode);
        using var forged = await browser.GetAsync(new Uri("chats/watch?ticket=a.b", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.TooManyRequests, forged.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_body_costs_as_much_as_many_small_ones_whether_its_length_is_announced_or_not(bool isAnnounced)
    {
        await using var server = await StartAsync(burst: 40);
        using var alice = server.Client("alices token");
        var json = JsonSerializer.Serialize(new { content = new string('x', 30 * 8 * 1024) });
        HttpContent Body() => isAnnounced
            ? new StringContent(json, new MediaTypeHeaderValue("application/json"))
            : JsonContent.Create(JsonSerializer.Deserialize<JsonElement>(json));

        // Each costs half of a full bucket, and no more.
        for (var i = 0; i < 2; i++)
        {
            using var served = await alice.PostAsync(new Uri("chats", UriKind.Relative), Body());
            Assert.Equal(HttpStatusCode.Created, served.StatusCode);
        }

        using var refused = await alice.PostAsync(new Uri("chats", UriKind.Relative), Body());
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("too_many_requests", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.True(refused.Headers.Contains("Retry-After"));
    }

    [Fact]
    public async Task A_body_that_costs_more_than_a_bucket_holds_can_be_sent_by_who_sent_nothing_before()
    {
        using var alice = _server.Client("alices token");
        using var response = await alice.PostAsync(new Uri("chats", UriKind.Relative), JsonContent.Create(new { content = "Go.", title = new string('x', 900_000) }));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/docs")]
    public async Task Health_and_pages_are_not_counted(string path)
    {
        for (var i = 0; i < 3 * Burst; i++)
        {
            using var response = await _server.Http.GetAsync(new Uri($"{_server.Url}{path}"));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public async Task The_description_of_the_api_which_is_made_for_each_request_is_counted()
    {
        using var client = _server.Client();
        var (_, refused) = await AskUntilRefusedAsync(client, HttpStatusCode.OK, $"{_server.Url}/openapi/v1.json");
        refused.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(50)]
    [InlineData(10_000)]
    public void Tokens_come_back_one_by_one(int perSecond)
    {
        var bucket = RequestRate.BucketOf(new HttpLimits { RequestsPerSecond = perSecond, RequestBurst = 200 });
        Assert.Equal((200, 1), (bucket.TokenLimit, bucket.TokensPerPeriod));
        Assert.Equal(1, bucket.ReplenishmentPeriod.TotalSeconds * perSecond, 3);
    }

    [Fact]
    public async Task Without_authentication_nobody_is_counted()
    {
        await using var open = await TestServer.StartAsync(null, "Http:Limits:RequestsPerSecond=1", "Http:Limits:RequestBurst=1");
        for (var i = 0; i < 20; i++)
        {
            using var response = await open.Http.GetAsync(new Uri("chats", UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    private static Task<TestServer> StartAsync(int burst) => TestServer.StartAsync(
        null,
        "Auth:Tokens:0:Owner=alice",
        $"Auth:Tokens:0:Sha256={TokenList.Hash("alices token")}",
        "Auth:Tokens:1:Owner=bob",
        $"Auth:Tokens:1:Sha256={TokenList.Hash("bobs token")}",
        "Http:Limits:RequestsPerSecond=1",
        $"Http:Limits:RequestBurst={burst}");

    private static async Task<(int Answered, HttpResponseMessage Refused)> AskUntilRefusedAsync(HttpClient http, HttpStatusCode usual, string path = "chats")
    {
        for (var i = 0; i < Many; i++)
        {
            var response = await http.GetAsync(new Uri(path, UriKind.RelativeOrAbsolute));
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                return (i, response);
            }

            Assert.Equal(usual, response.StatusCode);
            response.Dispose();
        }

        throw new InvalidOperationException($"None of {Many} requests was refused.");
    }
}
