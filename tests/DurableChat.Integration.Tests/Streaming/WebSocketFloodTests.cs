using System.Net.Sockets;
using System.Text;
using DurableChat.AspNetCore.WebSockets;
using DurableChat.Integration.Tests.Http;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Integration.Tests.Streaming;

/// <summary>A client has nothing to say over the WebSocket of a stream, and is cut off when it says much.</summary>
public sealed class WebSocketFloodTests : IAsyncLifetime
{
    /// <summary>A ping without a payload, masked as a client's frames are.</summary>
    private static readonly byte[] _ping = [0x89, 0x80, 0, 0, 0, 0];

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(null, "Http:MaxWebSocketBytesPerMinute=1024");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_client_that_sends_pings_without_end_is_closed_with_1008()
    {
        var answer = await AnswerToAsync([.. Enumerable.Repeat(_ping, 400).SelectMany(ping => ping)]);
        Assert.Contains("\u0003\u00f0Too many pings", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_few_pings_are_answered_and_a_message_is_closed_with_1008()
    {
        var answer = await AnswerToAsync([.. _ping, .. _ping, 0x81, 0x81, 0, 0, 0, 0, (byte)'a']);
        Assert.Contains("\u008a\u0000\u008a\u0000", answer, StringComparison.Ordinal);
        Assert.Contains("\u0003\u00f0A stream takes no messages.", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_client_may_send_comes_back_within_a_minute()
    {
        var time = new FakeTimeProvider();
        var meter = new ClientMeter(6000, time);
        Assert.True(meter.TryTake(6000));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(meter.TryTake(1000));
        Assert.False(meter.Exceeded.IsCompleted);
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.True(meter.TryTake(6000));
        Assert.False(meter.TryTake(1));
        Assert.True(meter.Exceeded.IsCompleted);
    }

    /// <summary>
    /// Sends frames over a stream's WebSocket that is at rest, and gives all that comes until the server closes.
    /// </summary>
    private async Task<string> AnswerToAsync(byte[] frames)
    {
        var chat = await _server.CreateAsync();
        using var client = new TcpClient();
        var url = new Uri(_server.Url);
        await client.ConnectAsync(url.Host, url.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /api/v1/chats/{chat}/stream HTTP/1.1\r\nHost: {url.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"));
        var answer = new StringBuilder();
        bool IsAtRest() => answer.ToString() is var text
            && text.Contains("\"status\":\"waiting\"", StringComparison.Ordinal)
            && text.Contains("queue_update", StringComparison.Ordinal);
        await ReadAsync(stream, answer, IsAtRest).WaitAsync(_patience);
        await stream.WriteAsync(frames);
        await ReadAsync(stream, answer, () => false).WaitAsync(_patience);
        return answer.ToString();
    }

    private static async Task ReadAsync(NetworkStream stream, StringBuilder answer, Func<bool> isEnough)
    {
        var buffer = new byte[4096];
        try
        {
            for (int length; !isEnough() && (length = await stream.ReadAsync(buffer)) > 0;)
            {
                answer.Append(Encoding.Latin1.GetString(buffer, 0, length));
            }
        }
        catch (IOException)
        {
            // The server does not wait for the client's close.
        }
    }
}
