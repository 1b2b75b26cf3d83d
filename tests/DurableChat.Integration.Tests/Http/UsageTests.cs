using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Integration.Tests.Streaming;
using DurableChat.Server.Auth;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Integration.Tests.Http;

/// <summary>What answers cost, on messages, on chats, and for an owner.</summary>
public sealed class UsageTests
{
    private const string Alice = "dc_alice";
    private const string Bob = "dc_bob";
    private const string Full =
        """{"input_tokens":1000,"output_tokens":200,"cache_read_tokens":800,"cache_write_tokens":50,"""
        + "\"reasoning_tokens\":150,\"cost\":0.00123}";

    private static readonly string[] _tokens =
    [
        "Auth:Tokens:0:Owner=alice", $"Auth:Tokens:0:Sha256={TokenList.Hash(Alice)}",
        "Auth:Tokens:1:Owner=bob", $"Auth:Tokens:1:Sha256={TokenList.Hash(Bob)}",
    ];

    [Fact]
    public async Task A_turn_shows_its_cost_on_the_message_on_the_chat_and_in_the_usage_of_its_owner()
    {
        await using var server = await TestServer.StartAsync(null, _tokens);
        using var alice = server.Client(Alice);
        using var bob = server.Client(Bob);
        var id = await server.CreateAsync(http: alice);
        await SseClient.FollowAsync(
            alice, $"chats/{id}/stream", screen => screen.Status == "waiting" && screen.Ids.Count == 2, null);

        var page = await alice.GetFromJsonAsync<JsonElement>($"chats/{id}/messages");
        var cost = page.GetProperty("messages")[1].GetProperty("usage");
        var chat = await alice.GetFromJsonAsync<JsonElement>($"chats/{id}");
        Assert.True(cost.GetProperty("output_tokens").GetInt64() > 0);
        Assert.Equal(cost.GetRawText(), chat.GetProperty("usage").GetRawText());

        var usage = await alice.GetFromJsonAsync<JsonElement>("usage");
        var day = Assert.Single(usage.GetProperty("usage").EnumerateArray());
        Assert.Equal(("demo", 1), (day.GetProperty("model").GetString(), day.GetProperty("requests").GetInt32()));
        Assert.Equal(cost.GetProperty("input_tokens").GetInt64(), day.GetProperty("input_tokens").GetInt64());
        Assert.Equal(cost.GetProperty("output_tokens").GetInt64(), day.GetProperty("output_tokens").GetInt64());
        Assert.False(day.TryGetProperty("cost", out _));
        Assert.Equal(0, (await bob.GetFromJsonAsync<JsonElement>("usage")).GetProperty("usage").GetArrayLength());

        await alice.DeleteAsync(new Uri($"chats/{id}", UriKind.Relative));
        Assert.Equal(1, (await alice.GetFromJsonAsync<JsonElement>("usage")).GetProperty("usage").GetArrayLength());
    }

    [Fact]
    public async Task Every_count_of_a_message_is_shown_and_what_was_said_elsewhere_is_not_counted_here()
    {
        await using var server = await TestServer.StartAsync();
        using var content = new StringContent(
            $$"""
            {"history":[{"role":"user","parts":[{"type":"text","text":"hello"}]},
                        {"role":"assistant","parts":[{"type":"text","text":"hi"}],"usage":{{Full}}}]}
            """,
            System.Text.Encoding.UTF8,
            "application/json");
        using var created = await server.Http.PostAsync(new Uri("chats", UriKind.Relative), content);
        var chat = await created.Content.ReadFromJsonAsync<JsonElement>();
        var page = await server.GetAsync($"chats/{chat.GetProperty("id").GetString()}/messages");
        var messages = page.GetProperty("messages");
        Assert.Equal(Full, messages[1].GetProperty("usage").GetRawText());
        Assert.False(chat.TryGetProperty("usage", out _));
        Assert.Equal(0, (await server.GetAsync("usage")).GetProperty("usage").GetArrayLength());
    }

    [Fact]
    public async Task Usage_is_of_the_last_thirty_days_unless_others_are_asked_for()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));
        await using var server = await TestServer.StartAsync(null, time);
        Assert.Equal(("2026-11-01", "2026-11-30"), DaysOf(await server.GetAsync("usage")));
        Assert.Equal(("2026-11-30", "2026-11-30"), DaysOf(await server.GetAsync("usage?from=2026-11-30")));
        Assert.Equal(("0001-01-01", "0001-01-02"), DaysOf(await server.GetAsync("usage?to=0001-01-02")));
        var leapYear = await server.GetAsync("usage?from=2024-01-01&to=2024-12-31");
        Assert.Equal(("2024-01-01", "2024-12-31"), DaysOf(leapYear));
    }

    [Fact]
    public async Task The_description_of_the_api_has_every_count()
    {
        await using var server = await TestServer.StartAsync();
        var document = await server.Http.GetFromJsonAsync<JsonElement>(new Uri($"{server.Url}/openapi/v1.json"));
        var schemas = document.GetProperty("components").GetProperty("schemas");
        string[] counts =
            ["input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens", "cost"];
        foreach (var schema in (string[])["TokenUsage", "UsageEntry"])
        {
            var members = schemas.GetProperty(schema).GetProperty("properties");
            Assert.All(counts, count => Assert.Equal(
                count == "cost" ? "number" : "integer", members.GetProperty(count).GetProperty("type").GetString()));
        }

        Assert.True(schemas.GetProperty("ChatResponse").GetProperty("properties").TryGetProperty("usage", out _));
    }

    private static (string?, string?) DaysOf(JsonElement usage) =>
        (usage.GetProperty("from").GetString(), usage.GetProperty("to").GetString());
}
