using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Cluster.Tests.Postgres;
using DurableChat.Integration.Tests.Streaming;
using DurableChat.Server.Configuration;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Cluster.Tests.Servers;

/// <summary>A server of this version beside one of the next, in the middle of a rolling upgrade.</summary>
public sealed class LaterReplicaTests(PostgresFixture postgres)
{
    private const int Chats = 4;
    private const int Turns = 3;
    private static readonly string _secret = $"Cluster:Secret={LaterReplica.Secret}";

    [Fact]
    public async Task Chats_are_used_at_this_and_at_the_next_version_and_nothing_is_lost()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var now = await InProcessServer.StartAsync(
            new ServeOptions("http://127.0.0.1:0", null, database, null), _secret);
        await LaterReplica.MigrateAsync(database);
        await using var later = await LaterReplica.StartAsync(database, _secret);
        using var here = InProcessServer.Client(now);
        using var there = InProcessServer.Client(later);
        var chats = await Task.WhenAll(Enumerable.Range(0, Chats).Select(chat => TalkAsync(chat, here, there)));

        var list = (await here.GetFromJsonAsync<JsonElement>("chats")).GetProperty("chats").EnumerateArray();
        Assert.Equal(
            chats.Select(chat => (chat, "waiting")).Order(),
            list.Select(chat => (chat.GetProperty("id").GetString()!, chat.GetProperty("status").GetString()!)).Order());
        foreach (var chat in chats)
        {
            await CheckHistoryAsync(here, chat);
        }

        await Task.WhenAll(now.StopAsync(), later.StopAsync());
    }

    /// <summary>Turns in one chat, at one version after the other, each followed at this version.</summary>
    private static async Task<string> TalkAsync(int number, HttpClient here, HttpClient there)
    {
        var screen = new Screen();
        var chat = "";
        for (var turn = 1; turn <= Turns; turn++)
        {
            var at = (number + turn) % 2 == 0 ? here : there;
            using var sent = await at.PostAsJsonAsync(
                turn == 1 ? "chats" : $"chats/{chat}/messages", new { content = $"question {turn}" });
            Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync());
            chat = turn == 1 ? (await sent.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()! : chat;
            await SseClient.FollowAsync(
                here, $"chats/{chat}/stream", shown => shown.Status == "waiting" && shown.Ids.Count == 2 * turn, screen);
        }

        return chat;
    }

    private static async Task CheckHistoryAsync(HttpClient here, string chat)
    {
        var messages = (await here.GetFromJsonAsync<JsonElement>($"chats/{chat}/messages")).GetProperty("messages")
            .EnumerateArray().ToArray();
        Assert.Equal(
            Enumerable.Range(1, Turns).Select(turn => $"question {turn}"),
            messages.Where(message => message.GetProperty("role").GetString() == "user").Select(TextOf));
        var answers = messages.Where(message => message.GetProperty("role").GetString() == "assistant").ToArray();
        Assert.Equal(Turns, answers.Length);

        // What the next version answered is shown as far as it is known here, and the rest as unknown.
        var later = answers.Where(answer => TextOf(answer) == "said by the next version").ToArray();
        Assert.NotEmpty(later);
        Assert.All(later, answer =>
        {
            Assert.Equal("unknown", answer.GetProperty("finish_reason").GetString());
            Assert.Equal("audio", answer.GetProperty("parts")[0].GetProperty("kind").GetString());
        });
        using var renamed = await here.PatchAsJsonAsync($"chats/{chat}", new { title = "named here" });
        Assert.Equal(HttpStatusCode.OK, renamed.StatusCode);
    }

    private static string TextOf(JsonElement message) => string.Concat(message.GetProperty("parts").EnumerateArray()
        .Where(part => part.GetProperty("type").GetString() == "text").Select(part => part.GetProperty("text").GetString()));
}
