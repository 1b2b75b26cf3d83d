using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using DurableChat.Integration.Tests.Http;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Integration.Tests.Streaming;

/// <summary>Streams over real sockets.</summary>
public sealed class StreamTests : IAsyncLifetime
{
    private static readonly Func<Screen, bool> _answered = screen => screen.Status == "waiting" && screen.Ids.Count >= 2;

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_turn_streams_status_message_parts_answer_and_status()
    {
        var chat = await _server.CreateAsync(model: "slow");
        var screen = await _server.FollowAsync(chat, _answered);
        var kinds = screen.Log.Select(entry => entry.Split(' ')[0]).ToList();
        Assert.Equal(["status", "message", "queue_update"], kinds.Take(3));
        Assert.Equal(["message_part"], kinds.Skip(3).SkipLast(2).Distinct());
        Assert.Equal(["message", "status"], kinds.TakeLast(2));
        Assert.StartsWith("You said \"hello\".", screen.Texts[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_cut_anywhere_resumes_without_gap_or_repeat()
    {
        var chat = await _server.CreateAsync(model: "slow");
        using var client = new SseClient(_server.Http, $"chats/{chat}/stream", new Screen());
        var random = new Random(1);
        while (!_answered(client.Screen))
        {
            await client.ConnectAsync();
            for (var i = random.Next(1, 12); i > 0 && !_answered(client.Screen); i--)
            {
                Assert.True(await client.ReadEventAsync(CancellationToken.None));
            }
        }

        Assert.DoesNotContain(client.Screen.Log, entry => entry.Contains("reset", StringComparison.Ordinal));
        Assert.Equal(await _server.ReadIdsAsync(chat), client.Screen.Ids);
    }

    [Fact]
    public async Task Two_streams_at_the_same_time_show_the_same()
    {
        var chat = await _server.CreateAsync(model: "slow");
        var screens = await Task.WhenAll(_server.FollowAsync(chat, _answered), _server.FollowAsync(chat, _answered));
        Assert.Equal(screens[0].Texts, screens[1].Texts);
        Assert.Equal(screens[0].LastEventId, screens[1].LastEventId);
    }

    [Fact]
    public async Task An_edit_resets_every_open_stream()
    {
        var chat = await _server.CreateAsync();
        await _server.FollowAsync(chat, _answered);
        using var one = new SseClient(_server.Http, $"chats/{chat}/stream", new Screen());
        using var other = new SseClient(_server.Http, $"chats/{chat}/stream", new Screen());
        await Task.WhenAll(one.ConnectAsync(), other.ConnectAsync());
        await Task.WhenAll(one.ReadUntilAsync(_answered), other.ReadUntilAsync(_answered));
        using var response = await _server.Http.PatchAsJsonAsync($"chats/{chat}/messages/1", new { content = "goodbye" });
        Assert.True(response.IsSuccessStatusCode);
        Func<Screen, bool> edited = screen => screen.Resets == 1 && screen.Ids.Count == 2 && screen.Status == "waiting";
        await Task.WhenAll(one.ReadUntilAsync(edited), other.ReadUntilAsync(edited));
        Assert.Equal([3, 4], one.Screen.Ids);
        Assert.Equal(one.Screen.Texts, other.Screen.Texts);
        Assert.Equal("goodbye", one.Screen.Texts[0]);
    }

    [Fact]
    public async Task After_id_brings_only_what_follows()
    {
        var chat = await _server.CreateAsync();
        await _server.FollowAsync(chat, _answered);
        var screen = await SseClient.FollowAsync(_server.Http, $"chats/{chat}/stream?after_id=1", shown => shown.Status == "waiting" && shown.Ids.Count == 1, new Screen(1));
        Assert.Equal([2], screen.Ids);
    }

    [Fact]
    public async Task A_web_socket_carries_the_same_events()
    {
        var chat = await _server.CreateAsync(model: "slow");
        var sse = _server.FollowAsync(chat, _answered);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"{_server.Url.Replace("http", "ws", StringComparison.Ordinal)}/api/v1/chats/{chat}/stream"), CancellationToken.None);
        var screen = new Screen();
        var buffer = new byte[64 * 1024];
        while (!_answered(screen))
        {
            var received = await socket.ReceiveAsync(buffer, CancellationToken.None);
            using var json = JsonDocument.Parse(buffer.AsMemory(0, received.Count));
            screen.Show(
                json.RootElement.TryGetProperty("position", out var position) ? position.GetString() : null,
                json.RootElement.GetProperty("type").GetString()!,
                System.Text.Encoding.UTF8.GetString(buffer, 0, received.Count));
        }

        Assert.Equal((await sse).Texts, screen.Texts);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    [Fact]
    public async Task A_web_socket_of_a_foreign_page_is_refused()
    {
        var chat = await _server.CreateAsync();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", "https://evil.example");
        await Assert.ThrowsAsync<WebSocketException>(() =>
            socket.ConnectAsync(new Uri($"{_server.Url.Replace("http", "ws", StringComparison.Ordinal)}/api/v1/chats/{chat}/stream"), CancellationToken.None));
        using var own = new ClientWebSocket();
        own.Options.SetRequestHeader("Origin", _server.Url);
        await own.ConnectAsync(new Uri($"{_server.Url.Replace("http", "ws", StringComparison.Ordinal)}/api/v1/chats/{chat}/stream"), CancellationToken.None);
    }

    [Fact]
    public async Task A_stream_asks_those_between_to_keep_nothing_back()
    {
        var chat = await _server.CreateAsync(model: "stuck");
        using var response = await _server.Http.GetAsync($"chats/{chat}/stream", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.CacheControl is { NoStore: true, NoTransform: true });
        Assert.Equal(["identity"], response.Content.Headers.ContentEncoding);
        Assert.Equal(["no"], response.Headers.GetValues("X-Accel-Buffering"));
    }

    [Fact]
    public async Task Two_hundred_chats_at_once_are_all_answered()
    {
        var chats = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => _server.CreateAsync($"chat {i}")));
        var screens = await Task.WhenAll(chats.Select(chat => _server.FollowAsync(chat, _answered)));
        Assert.All(screens.Select((screen, i) => (screen, i)), pair => Assert.StartsWith($"You said \"chat {pair.i}\".", pair.screen.Texts[1], StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_turn_with_a_tool_takes_steps()
    {
        var chat = await _server.CreateAsync("what time is it?");
        var screen = await _server.FollowAsync(chat, shown => shown.Status == "waiting" && shown.Ids.Count == 4);
        Assert.StartsWith("The tool says:", screen.Texts[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_of_chats_is_live()
    {
        using var response = await _server.Http.GetAsync("chats/watch", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await ReadUntilAsync(reader, "event: chats");
        var chat = await _server.CreateAsync();
        await ReadUntilAsync(reader, chat);
        using var deleted = await _server.Http.DeleteAsync($"chats/{chat}");
        await ReadUntilAsync(reader, "event: chat_deleted");
    }

    private static async Task ReadUntilAsync(StreamReader reader, string text)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await reader.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"The stream ended without '{text}'.");
    }
}

/// <summary>Streams of servers with other settings.</summary>
public sealed class ConfiguredStreamTests
{
    [Fact]
    public async Task An_idle_stream_gets_heartbeats()
    {
        await using var server = await TestServer.StartAsync(null, "Http:HeartbeatInterval=00:00:00.05");
        var chat = await server.CreateAsync(model: "stuck");
        using var client = new SseClient(server.Http, $"chats/{chat}/stream", new Screen());
        await client.ConnectAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var reading = client.ReadUntilAsync(screen => screen.Status == "waiting");
        while (client.Comments < 3)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }

        using var response = await server.Http.PostAsync($"chats/{chat}/interrupt", null);
        Assert.True(await reading);
    }

    [Fact]
    public async Task A_client_that_goes_away_does_not_stop_the_answer()
    {
        // Slow enough that whatever a stream does when it ends is done before the answer is complete.
        await using var server = await TestServer.StartAsync(null, "Models:3:Name=slower", "Models:3:Provider=demo", "Models:3:DelayMs=40");
        var chat = await server.CreateAsync(model: "slower");
        using (var client = new SseClient(server.Http, $"chats/{chat}/stream", new Screen()))
        {
            await client.ConnectAsync();
            await client.ReadUntilAsync(screen => screen.Preview.Length > 10);
        }

        var after = await server.FollowAsync(chat, screen => screen.Status == "waiting" && screen.Ids.Count >= 2);
        Assert.EndsWith("or to fail.", after.Texts[1], StringComparison.Ordinal);
        Assert.Equal(2, after.Ids.Count);
    }

    [Fact]
    public async Task An_owner_has_no_more_streams_than_allowed()
    {
        await using var server = await TestServer.StartAsync(null, "Http:MaxStreamsPerOwner=2");
        var chat = await server.CreateAsync(model: "stuck");
        using var one = new SseClient(server.Http, $"chats/{chat}/stream", new Screen());
        using var two = new SseClient(server.Http, $"chats/{chat}/stream", new Screen());
        using var three = new SseClient(server.Http, $"chats/{chat}/stream", new Screen());
        await one.ConnectAsync();
        await two.ConnectAsync();
        var refused = await Assert.ThrowsAsync<HttpRequestException>(three.ConnectAsync);
        Assert.Equal(System.Net.HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains("too_many_streams", refused.Message, StringComparison.Ordinal);
    }
}
