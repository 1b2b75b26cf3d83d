using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using DurableChat.Integration.Tests.Http;
using DurableChat.Integration.Tests.Streaming;
using DurableChat.Server.Auth;
using DurableChat.Server.Configuration;
using DurableChat.Server.Hosting;
using DurableChat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace DurableChat.Integration.Tests.Auth;

/// <summary>Tokens of an OpenID Connect issuer, beside configured ones.</summary>
public sealed class OidcTests : IAsyncLifetime
{
    private const string Static = "dc_alice";
    private const string LikeJwt = "old.style.token";

    private static readonly string[] _tokens =
    [
        "Auth:Tokens:0:Owner=alice", $"Auth:Tokens:0:Sha256={TokenList.Hash(Static)}",
        "Auth:Tokens:1:Owner=alice", $"Auth:Tokens:1:Sha256={TokenList.Hash(LikeJwt)}",
    ];

    private FakeIssuer _issuer = null!;

    public async ValueTask InitializeAsync() => _issuer = await FakeIssuer.StartAsync();

    public ValueTask DisposeAsync() => _issuer.DisposeAsync();

    [Fact]
    public async Task The_issuers_owners_are_others_than_those_of_configured_tokens_with_the_same_name()
    {
        await using var server = await TestServer.StartAsync(null, [.. _tokens, .. _issuer.Settings]);
        using var configured = server.Client(Static);
        using var issued = server.Client(_issuer.Issue("alice"));
        using var again = server.Client(_issuer.Issue("alice"));
        using var bob = server.Client(_issuer.Issue("bob"));
        var hers = await server.CreateAsync(http: issued);
        await server.CreateAsync(http: configured);
        Assert.Equal([hers], await ListAsync(again));
        Assert.Empty(await ListAsync(bob));
        Assert.DoesNotContain(hers, await ListAsync(configured));

        using var likeJwt = server.Client(LikeJwt);
        Assert.Equal(await ListAsync(configured), await ListAsync(likeJwt));
    }

    [Fact]
    public async Task A_token_that_is_wrong_in_one_way_is_refused()
    {
        await using var server = await TestServer.StartAsync(null, _issuer.Settings);
        using var right = server.Client(_issuer.Issue("eve"));
        Assert.Empty(await ListAsync(right));
        Assert.Equal((HttpStatusCode.Unauthorized, "token_expired"), await RefusedAsync(server, _issuer.IssueWrong("expired")));
        foreach (var how in new[]
        {
            "early", "endless", "issuer", "audience", "no audience", "no owner", "two owners", "control character",
                "foreign key", "unknown key", "public key as secret", "unsigned", "changed", "critical header",
                    "empty critical header",
            "subject too long",
        })
        {
            var (status, code) = await RefusedAsync(server, _issuer.IssueWrong(how));
            Assert.Equal((how, HttpStatusCode.Unauthorized, "unauthorized"), (how, status, code));
        }
    }

    [Fact]
    public async Task New_keys_are_taken_up_at_once_and_withdrawn_ones_count_no_more()
    {
        await using var server = await TestServer.StartAsync(null, _issuer.Settings);
        var old = _issuer.Issue("alice");
        using var before = server.Client(old);
        Assert.Empty(await ListAsync(before));

        _issuer.Rotate();
        using var after = server.Client(_issuer.Issue("alice"));
        Assert.Empty(await ListAsync(after));
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized"), await RefusedAsync(server, old));

        // Tokens with made-up keys do not make the server ask again and again.
        var asked = _issuer.Asked;
        for (var i = 0; i < 20; i++)
        {
            await RefusedAsync(server, old);
        }

        Assert.Equal(asked, _issuer.Asked);
    }

    /// <summary>Twenty seconds of the issuer's made a user wait as long.</summary>
    [Fact]
    public async Task Neither_made_up_tokens_nor_a_slow_issuer_hold_up_users_whose_keys_are_known()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartWithAsync(builder =>
            builder.Services.AddSingleton<TimeProvider>(time), [.. _issuer.Settings, "Auth:Oidc:KeyRefresh=00:05:00"]);
        using var alice = server.Client(_issuer.Issue("alice", token =>
            token.Expires = time.GetUtcNow().UtcDateTime.AddHours(1)));
        Assert.Empty(await ListAsync(alice));
        _issuer.Hold();
        time.Advance(IssuerKeys.UnknownKeyPause);
        var madeUp = RefusedAsync(server, _issuer.IssueWrong("unknown key"));
        await Eventually.IsAsync(() => _issuer.Asked == 2);
        Assert.Empty(await ListAsync(alice));
        Assert.False(madeUp.IsCompleted);

        // Nor the periodic reading.
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Empty(await ListAsync(alice));
        _issuer.LetGo();
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized"), await madeUp);
    }

    [Fact]
    public async Task A_subject_of_the_greatest_length_is_an_owner()
    {
        await using var server = await TestServer.StartAsync(null, _issuer.Settings);
        using var longest = server.Client(_issuer.Issue(new string('e', 255)));
        var chat = await server.CreateAsync(http: longest);
        Assert.Equal([chat], await ListAsync(longest));
        using var nobody = server.Client();
        await SseClient.FollowAsync(nobody,
            $"chats/{chat}/stream?ticket={await StreamTicketTests.IssueAsync(longest, $"chats/{chat}/stream-ticket")}", screen => screen.Ids.Count >= 1);
    }

    /// <summary>The arithmetic on the first and the last of all times threw, so that a token without <c>nbf</c> and
    /// with a new key was refused until the next periodic reading.</summary>
    [Fact]
    public void Times_at_the_ends_of_all_time_are_compared_as_others_are()
    {
        var (time, skew) = (new FakeTimeProvider(), TimeSpan.FromSeconds(30));
        Assert.True(OidcBearer.RequireLifetime(DateTime.MinValue, DateTime.MaxValue, skew, time));
        Assert.Throws<SecurityTokenExpiredException>(() =>
            OidcBearer.RequireLifetime(null, DateTime.MinValue, skew, time));
        Assert.Throws<SecurityTokenNotYetValidException>(() =>
            OidcBearer.RequireLifetime(DateTime.MaxValue, DateTime.MaxValue, skew, time));
    }

    [Fact]
    public async Task Operators_are_those_with_the_configured_claim_and_no_claim_of_a_token_counts_by_itself()
    {
        await using var server = await TestServer.StartAsync(null, [.. _issuer.Settings, "Auth:Oidc:OperatorClaim=roles", "Auth:Oidc:OperatorValue=chat-operator"]);
        using var olga = server.Client(_issuer.Issue("olga", token => token.Claims["roles"] = new[] { "user", "chat-operator" }));
        using var bob = server.Client(_issuer.Issue("bob", token => (token.Claims["roles"], token.Claims[ClaimTypes.Role], token.Claims["role"]) = ("operator", "operator", "operator")));
        using var spoof = server.Client(_issuer.Issue("bob", token => token.Claims[ClaimTypes.NameIdentifier] = "oidc:olga"));
        await server.CreateAsync(http: olga);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(olga, "/metrics"));
        using var forbidden = await bob.GetAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        Assert.Equal("forbidden", (await forbidden.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.Empty(await ListAsync(spoof));
    }

    [Fact]
    public async Task An_issuer_that_is_away_is_no_fault_of_the_tokens()
    {
        await using var server = await TestServer.StartAsync(null, [.. _tokens, .. _issuer.Settings]);
        var token = _issuer.Issue("alice");
        await _issuer.DisposeAsync();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "issuer_unavailable"), await RefusedAsync(server, token));
        using var configured = server.Client(Static);
        Assert.Empty(await ListAsync(configured));
    }

    [Fact]
    public async Task An_issuer_alone_leaves_no_owner_local_and_no_open_server()
    {
        await using (var server = await TestServer.StartAsync(null, _issuer.Settings))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server.Http, "chats"));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server.Http, "/metrics"));
        }

        // It asks who calls, so it may listen anywhere, under any name.
        using var folder = new TemporaryFolder();
        await using var app = ServerApplication.Build(new ServeOptions("http://0.0.0.0:0", folder.File("chat.db"), null, null), _issuer.Settings);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_ends_when_its_token_does_and_goes_on_with_another(bool byTicket)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartWithAsync(builder => builder.Services.AddSingleton<TimeProvider>(time), _issuer.Settings);
        using var alice = server.Client(_issuer.Issue("alice", now: time.GetUtcNow()));
        var chat = await server.CreateAsync(model: "stuck", http: alice);
        using var nobody = server.Client();
        var ticket = byTicket ? $"?ticket={await StreamTicketTests.IssueAsync(alice, $"chats/{chat}/stream-ticket")}" : string.Empty;
        using var client = new SseClient(byTicket ? nobody : alice, $"chats/{chat}/stream{ticket}", new Screen());
        await client.ConnectAsync();
        await client.ReadUntilAsync(screen => screen.Ids.Count == 1);

        // A token that expires after five minutes counts for half a minute more.
        time.Advance(TimeSpan.FromSeconds(325));
        var end = client.ReadUntilAsync(_ => false);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(alice, $"chats/{chat}"));
        Assert.False(end.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(await end);
        Assert.Equal((HttpStatusCode.Unauthorized, "token_expired"), await RefusedAsync(server, alice.DefaultRequestHeaders.Authorization!.Parameter!));

        using var renewed = server.Client(_issuer.Issue("alice", now: time.GetUtcNow()));
        using var next = new SseClient(renewed, $"chats/{chat}/stream", client.Screen);
        await next.ConnectAsync();
        Assert.True(await next.ReadUntilAsync(screen => screen.Status == "running"));
    }

    [Theory]
    [InlineData("Authority is missing", "Auth:Oidc:Audience=a")]
    [InlineData("Authority is 'issuer'", "Auth:Oidc:Authority=issuer", "Auth:Oidc:Audience=a")]
    [InlineData("must be an https address", "Auth:Oidc:Authority=http://issuer.example", "Auth:Oidc:Audience=a")]
    [InlineData("Audience is missing", "Auth:Oidc:Authority=https://issuer.example")]
    [InlineData("OwnerClaim is empty", "Auth:Oidc:Authority=https://issuer.example", "Auth:Oidc:Audience=a", "Auth:Oidc:OwnerClaim=")]
    [InlineData("go together", "Auth:Oidc:Authority=https://issuer.example", "Auth:Oidc:Audience=a", "Auth:Oidc:OperatorClaim=roles")]
    [InlineData("ClockSkew", "Auth:Oidc:Authority=https://issuer.example", "Auth:Oidc:Audience=a", "Auth:Oidc:ClockSkew=01:00:00")]
    [InlineData("KeyRefresh", "Auth:Oidc:Authority=https://issuer.example", "Auth:Oidc:Audience=a", "Auth:Oidc:KeyRefresh=00:00:01")]
    [InlineData("oidc:alice", "Auth:Oidc:Authority=https://issuer.example", "Auth:Oidc:Audience=a", "Auth:Tokens:0:Owner=oidc:alice", "Auth:Tokens:0:Sha256=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("no origin", "Http:AllowedOrigins:0=https://app.example.com/")]
    [InlineData("TicketLifetime", "Http:TicketLifetime=02:00:00")]
    public void A_wrong_setting_ends_the_start_with_a_sentence_that_names_it(string named, params string[] settings)
    {
        using var folder = new TemporaryFolder();
        var refused = Assert.Throws<ConfigurationException>(() => ServerApplication.Build(new ServeOptions("http://127.0.0.1:0", folder.File("chat.db"), null, null), settings));
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    private static async Task<string[]> ListAsync(HttpClient http) =>
        [.. (await http.GetFromJsonAsync<JsonElement>("chats")).GetProperty("chats").EnumerateArray().Select(chat => chat.GetProperty("id").GetString()!)];

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string route)
    {
        using var response = await http.GetAsync(new Uri(route, UriKind.RelativeOrAbsolute));
        return response.StatusCode;
    }

    private static async Task<(HttpStatusCode Status, string? Code)> RefusedAsync(TestServer server, string token)
    {
        using var http = server.Client(token);
        using var response = await http.GetAsync(new Uri("chats", UriKind.Relative));
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }
}
