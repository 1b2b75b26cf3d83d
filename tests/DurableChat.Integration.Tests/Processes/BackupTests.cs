using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Integration.Tests.Processes;

/// <summary>Backup of a server that runs, and what clients see of its restored database.</summary>
public sealed class BackupTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_backup_under_load_has_what_was_acknowledged_before_it_and_a_client_that_has_seen_more_reads_anew()
    {
        var screen = new Screen();
        var acknowledged = new List<(string Chat, string Text)>();
        (string Chat, string Text)[] before;
        string chat, running, created;
        using (var server = await StartAsync("chat.db"))
        {
            chat = await server.CreateAsync("hello");
            await server.FollowAsync(chat, shown => Answered(shown, 2), screen);
            created = await CreateWithKeyAsync(server.Http);
            using var stop = new CancellationTokenSource();
            var writer = Task.Run(async () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    var id = await server.CreateAsync($"message {i}");
                    lock (acknowledged)
                    {
                        acknowledged.Add((id, $"message {i}"));
                    }
                }
            });
            running = await server.CreateAsync("tell me a long story");
            await server.FollowAsync(running, shown => shown.Preview.Length > 50);
            lock (acknowledged)
            {
                before = [.. acknowledged];
            }

            Succeeds(await ProgramRun.RunAsync([], ["backup", _folder.File("copy.db"), "--data", _folder.File("chat.db")]));
            await stop.CancelAsync();
            await writer;
            await SendAsync(server, chat, "lost");
            await server.FollowAsync(chat, shown => Answered(shown, 4), screen);
            server.Kill();
        }

        Succeeds(await ProgramRun.RunAsync([$"Store__Sqlite={_folder.File("restored.db")}"], ["restore", _folder.File("copy.db")]));
        using var again = await StartAsync("restored.db");
        Assert.NotEmpty(before);
        foreach (var (id, text) in before)
        {
            var messages = await again.Http.GetFromJsonAsync<JsonElement>($"chats/{id}/messages");
            Assert.Equal(text, messages.GetProperty("messages")[0].GetProperty("parts")[0].GetProperty("text").GetString());
        }

        Assert.Equal(created, await CreateWithKeyAsync(again.Http));
        Assert.EndsWith("The end.", (await again.FollowAsync(running, shown => Answered(shown, 2))).Texts[1], StringComparison.Ordinal);

        // By the time the client comes back the ids that it has seen are those of other messages.
        await SendAsync(again, chat, "instead");
        await again.FollowAsync(chat, shown => Answered(shown, 4));
        Assert.Equal([1, 2, 3, 4], screen.Ids);
        Assert.Equal("lost", screen.Texts[2]);
        await again.FollowAsync(chat, shown => shown.Resets == 1 && Answered(shown, 4), screen);
        Assert.Equal([1, 2, 3, 4], screen.Ids);
        Assert.Equal("instead", screen.Texts[2]);
    }

    private static bool Answered(Screen screen, int messages) => screen.Status == "waiting" && screen.Ids.Count == messages;

    private static void Succeeds(ProgramRun run) => Assert.Equal((0, string.Empty), (run.Code, run.Error));

    private static async Task SendAsync(ServerProcess server, string chat, string content)
    {
        using var sent = await server.Http.PostAsJsonAsync($"chats/{chat}/messages", new { content });
        sent.EnsureSuccessStatusCode();
    }

    private static async Task<string> CreateWithKeyAsync(HttpClient http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "chats") { Content = JsonContent.Create(new { content = "once" }) };
        request.Headers.Add("Idempotency-Key", "key");
        using var response = await http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    private Task<ServerProcess> StartAsync(string name) =>
        ServerProcess.StartAsync(_folder.File(name), "Models__0__Name=demo", "Models__0__Provider=demo", "Models__0__DelayMs=5");
}
