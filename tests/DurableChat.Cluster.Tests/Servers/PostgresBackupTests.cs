using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Cluster.Tests.Postgres;
using DurableChat.Integration.Tests.Processes;
using DurableChat.Integration.Tests.Streaming;
using DurableChat.Server.Configuration;
using DurableChat.Tests.Support;
using Npgsql;
using Xunit;

namespace DurableChat.Cluster.Tests.Servers;

/// <summary>
/// A dump that is taken while the server runs, and what clients see of the database that is restored from it.
/// </summary>
public sealed class PostgresBackupTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_dump_under_load_has_what_was_acknowledged_before_it_and_a_client_that_has_seen_more_reads_anew()
    {
        var database = await postgres.CreateDatabaseAsync();
        var screen = new Screen();
        var acknowledged = new List<(string Chat, string Text)>();
        (string Chat, string Text)[] before;
        string chat, running, created;
        await using (var server = await StartAsync(database))
        {
            using var http = InProcessServer.Client(server);
            chat = await CreateAsync(http, "hello");
            await FollowAsync(http, chat, shown => Answered(shown, 2), screen);
            created = await CreateAsync(http, "once", "key");
            using var stop = new CancellationTokenSource();
            var writer = Task.Run(async () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    var id = await CreateAsync(http, $"message {i}");
                    lock (acknowledged)
                    {
                        acknowledged.Add((id, $"message {i}"));
                    }
                }
            });
            running = await CreateAsync(http, "tell me a long story");
            await FollowAsync(http, running, shown => shown.Preview.Length > 50);
            lock (acknowledged)
            {
                before = [.. acknowledged];
            }

            await postgres.Server.RunAsync("pg_dump", [.. Tool(database), "-Fc", "-f", "chats.dump"]);
            await stop.CancelAsync();
            await writer;
            await SendAsync(http, chat, "lost");
            await FollowAsync(http, chat, shown => Answered(shown, 4), screen);
            await server.StopAsync();
        }

        var restored = await postgres.CreateDatabaseAsync();
        await postgres.Server.RunAsync("pg_restore", [.. Tool(restored), "chats.dump"]);
        var restore = await ProgramRun.RunAsync([$"Store__PostgreSql={restored}"], ["restore"]);
        Assert.Equal((0, string.Empty), (restore.Code, restore.Error));
        await using var again = await StartAsync(restored);
        using var client = InProcessServer.Client(again);
        Assert.NotEmpty(before);
        foreach (var (id, text) in before)
        {
            var messages = await client.GetFromJsonAsync<JsonElement>($"chats/{id}/messages");
            Assert.Equal(text, messages.GetProperty("messages")[0].GetProperty("parts")[0].GetProperty("text").GetString());
        }

        Assert.Equal(created, await CreateAsync(client, "once", "key"));

        // The lease is held by a replica that is no more.
        Assert.EndsWith("The end.", (await FollowAsync(client, running, shown => Answered(shown, 2))).Texts[1], StringComparison.Ordinal);

        // By the time the client comes back the ids that it has seen are those of other messages.
        await SendAsync(client, chat, "instead");
        await FollowAsync(client, chat, shown => Answered(shown, 4));
        Assert.Equal([1, 2, 3, 4], screen.Ids);
        Assert.Equal("lost", screen.Texts[2]);
        await FollowAsync(client, chat, shown => shown.Resets == 1 && Answered(shown, 4), screen);
        Assert.Equal([1, 2, 3, 4], screen.Ids);
        Assert.Equal("instead", screen.Texts[2]);
        await again.StopAsync();
    }

    private static bool Answered(Screen screen, int messages) => screen.Status == "waiting" && screen.Ids.Count == messages;

    private static Task<Microsoft.AspNetCore.Builder.WebApplication> StartAsync(string database) => InProcessServer.StartAsync(
        new ServeOptions("http://127.0.0.1:0", null, database, null),
        "Models:0:DelayMs=5", "DurableChat:Worker:HeartbeatInterval=00:00:01", "DurableChat:Worker:LeaseDuration=00:00:03", "DurableChat:Worker:ReconcileInterval=00:00:01");

    private static string[] Tool(string database)
    {
        var builder = new NpgsqlConnectionStringBuilder(database);
        return ["-h", builder.Host!, "-p", $"{builder.Port}", "-U", builder.Username!, "-d", builder.Database!];
    }

    private static Task<Screen> FollowAsync(HttpClient http, string chat, Func<Screen, bool> until, Screen? screen = null) => SseClient.FollowAsync(http, $"chats/{chat}/stream", until, screen);

    private static async Task SendAsync(HttpClient http, string chat, string content)
    {
        using var sent = await http.PostAsJsonAsync($"chats/{chat}/messages", new { content });
        sent.EnsureSuccessStatusCode();
    }

    private static async Task<string> CreateAsync(HttpClient http, string content, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "chats") { Content = JsonContent.Create(new { content }) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using var response = await http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }
}
