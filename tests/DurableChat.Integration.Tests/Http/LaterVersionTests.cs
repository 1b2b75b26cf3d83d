using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using DurableChat.AspNetCore.Cluster;
using DurableChat.Chats;
using DurableChat.Client;
using DurableChat.Integration.Tests.Streaming;
using DurableChat.Relays;
using DurableChat.Server.Configuration;
using DurableChat.Server.Hosting;
using DurableChat.Sqlite;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DurableChat.Integration.Tests.Http;

/// <summary>A server on a database into which one of a later version has written.</summary>
public sealed class LaterVersionTests
{
    /// <summary>One row made an owner's whole list unavailable.</summary>
    [Fact]
    public async Task What_is_not_known_is_shown_as_that_and_hides_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("later.db");
        await using var server = await TestServer.StartAsync();
        var (plain, later) = (await server.CreateAsync(), await server.CreateAsync());
        foreach (var id in new[] { plain, later })
        {
            await server.FollowAsync(id, screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        }

        SqliteBackup.Save(server.Database, path);
        Execute(path, $"""
            UPDATE chats SET status = 'paused' WHERE id = '{later}';
            UPDATE messages SET role = 'moderator' WHERE chat_id = '{later}' AND id = 1;
            UPDATE messages SET body = json_set(body, '$.finish_reason', 'vanished', '$.parts', json('{Parts}')) WHERE chat_id = '{later}' AND id = 2;
            """);
        await using var again = ServerApplication.Build(
            new ServeOptions("http://127.0.0.1:0", path, null, null),
            ["Models:0:Name=demo", "Models:0:Provider=demo", "Models:0:DelayMs=0", "Logging:LogLevel:Default=None"]);
        await again.StartAsync(TestContext.Current.CancellationToken);
        var url = again.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using var http = new HttpClient { BaseAddress = new Uri($"{url}/api/v1/") };
        var chats = (await http.GetFromJsonAsync<JsonElement>("chats")).GetProperty("chats").EnumerateArray()
            .ToDictionary(chat => chat.GetProperty("id").GetString()!, chat => chat.GetProperty("status").GetString());
        Assert.Equal((2, "waiting", "unknown"), (chats.Count, chats[plain], chats[later]));
        var messages = (await http.GetFromJsonAsync<JsonElement>($"chats/{later}/messages")).GetProperty("messages");
        Assert.Equal("unknown", messages[0].GetProperty("role").GetString());
        Assert.Equal("unknown", messages[1].GetProperty("finish_reason").GetString());
        Assert.Equal(["unknown", "text"],
            messages[1].GetProperty("parts").EnumerateArray().Select(part => part.GetProperty("type").GetString()));
        Assert.Equal("audio", messages[1].GetProperty("parts")[0].GetProperty("kind").GetString());

        // Streams, the client for .NET, and other chats go on.
        var screen = await SseClient.FollowAsync(http, $"chats/{later}/stream", shown => shown.Ids.Count == 2);
        Assert.Equal("unknown", screen.Status);
        var read = await new DurableChatClient(http).ReadAfterAsync(
            later, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["unknown", "unknown"], [read.Messages[0].Role, read.Messages[1].FinishReason]);
        Assert.Equal("audio", read.Messages[1].Parts[0].More!["kind"].GetString());
        using var refused = await http.PostAsJsonAsync($"chats/{later}/messages", new { content = "again" });
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        using var sent = await http.PostAsJsonAsync($"chats/{plain}/messages", new { content = "again" });
        Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
        await SseClient.FollowAsync(http, $"chats/{plain}/stream", shown =>
            shown.Status == "waiting" && shown.Ids.Count == 4);
        using var gone = await http.DeleteAsync(new Uri($"chats/{later}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        await again.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_relay_brings_the_frames_before_and_behind_one_whose_part_is_not_known()
    {
        var frames = new List<string>();
        const string Text = """{"version":1,"epoch":1,"base_message_id":1,"generation":1,"first_seq":1,"lengths":[2],"part":{"type":"text","text":"hi"}}""";
        var audio = Text.Replace("[2]", "[0]", StringComparison.Ordinal).Replace("""{"type":"text","text":"hi"}""", """{"type":"audio","seconds":3}""", StringComparison.Ordinal);
        using var body = new MemoryStream(Encoding.UTF8.GetBytes($"{Text}\n\n{audio}\n{Text}"));
        await foreach (var frame in RelayFrames.ReadAsync(body, CancellationToken.None))
        {
            frames.Add(frame.Part is UnknownPart unknown ? unknown.Kind : ((TextPart)frame.Part).Text);
        }

        Assert.Equal(["hi", "audio", "hi"], frames);
        using var broken = new MemoryStream(Encoding.UTF8.GetBytes($"{Text}\nnonsense\n"));
        await Assert.ThrowsAsync<RelayException>(async () =>
        {
            await foreach (var frame in RelayFrames.ReadAsync(broken, CancellationToken.None))
            {
                Assert.Equal(new TextPart("hi"), frame.Part);
            }
        });
    }

    private const string Parts = """[{"type":"audio","seconds":3},{"type":"text","text":"hi"}]""";

    private static void Execute(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
