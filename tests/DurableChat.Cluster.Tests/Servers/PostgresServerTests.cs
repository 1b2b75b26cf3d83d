using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Cluster.Tests.Postgres;
using DurableChat.Integration.Tests.Streaming;
using DurableChat.Server.Auth;
using DurableChat.Server.Configuration;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Cluster.Tests.Servers;

/// <summary>The server on PostgreSQL, over HTTP.</summary>
public sealed class PostgresServerTests(PostgresFixture postgres)
{
    [Fact]
    public async Task What_was_streamed_before_a_restart_is_there_after_it_and_the_chat_goes_on()
    {
        var database = await postgres.CreateDatabaseAsync();
        var screen = new Screen();
        string chat;
        await using (var server = await InProcessServer.StartAsync(new ServeOptions("http://127.0.0.1:0", null, database, null)))
        using (var http = InProcessServer.Client(server))
        {
            using var created = await http.PostAsJsonAsync("chats", new { content = "hello" });
            chat = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
            await SseClient.FollowAsync(http, $"chats/{chat}/stream", shown => shown.Status == "waiting" && shown.Ids.Count == 2, screen);
            await server.StopAsync();
        }

        await using var again = await InProcessServer.StartAsync(new ServeOptions("http://127.0.0.1:0", null, null, null), $"Store:PostgreSql={database}");
        using var client = InProcessServer.Client(again);
        var history = await client.GetFromJsonAsync<JsonElement>($"chats/{chat}/messages");
        Assert.Equal(screen.Texts, history.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("parts")[0].GetProperty("text").GetString()));
        using var sent = await client.PostAsJsonAsync($"chats/{chat}/messages", new { content = "and again" });
        Assert.True(sent.IsSuccessStatusCode);
        await SseClient.FollowAsync(client, $"chats/{chat}/stream", shown => shown.Status == "waiting" && shown.Ids.Count == 4, screen);
        Assert.Equal(0, screen.Resets);
        await again.StopAsync();
    }

    [Fact]
    public async Task A_ticket_of_one_replica_opens_the_stream_at_another()
    {
        var database = await postgres.CreateDatabaseAsync();
        string[] settings = ["Auth:Tokens:0:Owner=alice", $"Auth:Tokens:0:Sha256={TokenList.Hash("dc_alice")}"];
        await using var one = await InProcessServer.StartAsync(new ServeOptions("http://127.0.0.1:0", null, database, null), settings);
        await using var other = await InProcessServer.StartAsync(new ServeOptions("http://127.0.0.1:0", null, database, null), settings);
        using var alice = InProcessServer.Client(one);
        alice.DefaultRequestHeaders.Authorization = new("Bearer", "dc_alice");
        using var created = await alice.PostAsJsonAsync("chats", new { content = "hello" });
        var chat = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        using var issued = await alice.PostAsync(new Uri($"chats/{chat}/stream-ticket", UriKind.Relative), null);
        var ticket = (await issued.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("ticket").GetString();
        using var browser = InProcessServer.Client(other);
        await SseClient.FollowAsync(browser, $"chats/{chat}/stream?ticket={ticket}", shown => shown.Status == "waiting" && shown.Ids.Count == 2, new Screen());
        await Task.WhenAll(one.StopAsync(), other.StopAsync());
    }

    [Fact]
    public void Two_stores_at_once_are_refused() =>
        Assert.Contains("remove one", Assert.Throws<ConfigurationException>(() => InProcessServer.Build(
            new ServeOptions("http://127.0.0.1:0", null, null, null), "Store:PostgreSql=Host=127.0.0.1", "Store:Sqlite=chat.db")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("Cluster:Secret", "too short")]
    [InlineData("Cluster:Secret", "a secret that is long enough and has blanks")]
    [InlineData("Cluster:Secret", "übermäßig-langes-und-doch-unbrauchbares-geheimnis")]
    [InlineData("Cluster:Address", "10.0.0.5:9090")]
    [InlineData("Cluster:Address", "replica-5:9090")]
    [InlineData("Cluster:Url", "nonsense")]
    [InlineData("Notifications:Channel", "with blanks")]
    public void A_cluster_setting_that_replicas_could_not_use_is_refused_at_the_start(string name, string value) =>
        Assert.Contains(name, Assert.Throws<ConfigurationException>(() => InProcessServer.Build(new ServeOptions("http://127.0.0.1:0", null, "Host=127.0.0.1;Port=1", null), $"{name}={value}")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_sqlite_file_can_be_named_as_the_store()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            foreach (var store in (string[])[Path.Combine(folder.FullName, "plain.db"), $"sqlite:{Path.Combine(folder.FullName, "prefixed.db")}"])
            {
                await using var server = await InProcessServer.StartAsync(new ServeOptions("http://127.0.0.1:0", null, store, null));
                await server.StopAsync();
            }

            Assert.True(File.Exists(Path.Combine(folder.FullName, "plain.db")));
            Assert.True(File.Exists(Path.Combine(folder.FullName, "prefixed.db")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
