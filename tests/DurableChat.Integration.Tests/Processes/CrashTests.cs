using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Integration.Tests.Streaming;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Integration.Tests.Processes;

/// <summary>Servers that are killed or stopped in the middle of answers.</summary>
public sealed class CrashTests : IDisposable
{
    private static readonly Func<Screen, bool> _answered = screen => screen.Status == "waiting" && screen.Ids.Count >= 2;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task After_a_kill_in_mid_answer_the_turn_ends_by_itself_and_a_stream_resumes()
    {
        var screen = new Screen();
        string chat;
        using (var server = await StartAsync())
        {
            chat = await server.CreateAsync("tell me a long story");
            await server.FollowAsync(chat, shown => shown.Preview.Length > 50, screen);
            server.Kill();
        }

        using var again = await StartAsync();
        await again.FollowAsync(chat, _answered, screen);
        Assert.EndsWith("The end.", screen.Texts[1], StringComparison.Ordinal);
        Assert.Contains(screen.Log, entry => entry.StartsWith("preview_reset", StringComparison.Ordinal));
        Assert.Equal(0, screen.Resets);
    }

    [Fact]
    public async Task Every_acknowledged_message_survives_a_kill()
    {
        for (var round = 0; round < 3; round++)
        {
            var acknowledged = new List<(string Chat, string Text)>();
            using (var server = await StartAsync())
            {
                using var stop = new CancellationTokenSource();
                var writers = Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
                {
                    try
                    {
                        for (var i = 0; !stop.IsCancellationRequested; i++)
                        {
                            var text = $"round {round} writer {writer} message {i}";
                            var chat = await server.CreateAsync(text);
                            lock (acknowledged)
                            {
                                acknowledged.Add((chat, text));
                            }
                        }
                    }
                    catch (HttpRequestException)
                    {
                        // The server is dead: what was not acknowledged may or may not be there.
                    }
                })).ToArray();
                while (true)
                {
                    lock (acknowledged)
                    {
                        if (acknowledged.Count >= 100)
                        {
                            break;
                        }
                    }

                    await Task.Yield();
                }

                server.Kill();
                await stop.CancelAsync();
                await Task.WhenAll(writers);
            }

            using var again = await StartAsync();
            foreach (var (chat, text) in acknowledged)
            {
                var messages = await again.Http.GetFromJsonAsync<JsonElement>($"chats/{chat}/messages");
                Assert.Equal(text, messages.GetProperty("messages")[0].GetProperty("parts")[0].GetProperty("text").GetString());
            }
        }
    }

    [Fact]
    public async Task A_server_that_is_asked_to_stop_keeps_the_partial_answer_and_the_next_goes_on_behind_it()
    {
        var screen = new Screen();
        string chat;
        using (var server = await StartAsync("DurableChat__Worker__DrainTime=00:00:00.2"))
        {
            chat = await server.CreateAsync("tell me a long story");
            using var client = new SseClient(server.Http, $"chats/{chat}/stream", screen);
            await client.ConnectAsync();
            await client.ReadUntilAsync(shown => shown.Preview.Length > 50);
            var stopping = server.StopAsync();
            Assert.False(await client.ReadUntilAsync(_ => false));
            Assert.Equal(0, await stopping);
        }

        using var again = await StartAsync();
        await again.FollowAsync(chat, shown => shown.Status == "waiting" && shown.Ids.Count == 3, screen);
        Assert.StartsWith("# A long story", screen.Texts[1], StringComparison.Ordinal);
        Assert.EndsWith("The end.", screen.Texts[2], StringComparison.Ordinal);
        var whole = await again.CreateAsync("tell me a long story");
        var told = await again.FollowAsync(whole, _answered);
        Assert.Equal(told.Texts[1], screen.Texts[1] + screen.Texts[2]);
    }

    [Fact]
    public async Task Two_hundred_chats_at_once_stay_below_500_megabytes()
    {
        using var server = await StartAsync("Models__0__DelayMs=0");
        var chats = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => server.CreateAsync($"tell me a long story {i}")));
        var screens = await Task.WhenAll(chats.Select(chat => server.FollowAsync(chat, _answered)));
        Assert.All(screens, screen => Assert.EndsWith("The end.", screen.Texts[1], StringComparison.Ordinal));
        Assert.True(server.PeakBytes < 500_000_000, $"{server.PeakBytes} bytes at the peak");
    }

    private Task<ServerProcess> StartAsync(params string[] environment) =>
        ServerProcess.StartAsync(_folder.File("chat.db"), ["Models__0__Name=demo", "Models__0__Provider=demo", "Models__0__DelayMs=10", .. environment]);
}
