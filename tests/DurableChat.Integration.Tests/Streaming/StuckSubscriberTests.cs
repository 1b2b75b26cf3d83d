using DurableChat.AspNetCore.Streaming;
using DurableChat.Integration.Tests.Http;
using DurableChat.Integration.Tests.Limits;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DurableChat.Integration.Tests.Streaming;

/// <summary>Subscribers that hold their connection and take nothing from it.</summary>
public sealed class StuckSubscriberTests
{
    private const string Upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";

    /// <summary>More than the operating system takes for a client that does not read.</summary>
    private const int Messages = 40;
    private const int MessageBytes = 250_000;

    [Theory]
    [InlineData("")]
    [InlineData(Upgrade)]
    public async Task One_that_never_reads_delays_nobody_and_is_cut(string upgrade)
    {
        await using var server = await TestServer.StartAsync(null, "Http:StallTimeout=00:00:02");
        using var streams = new StreamCount(server.Services);
        var chat = await server.CreateAsync();
        using var stuck = await RawConnection.OpenAsync(server.Url, receiveBuffer: 4096);
        await stuck.SendAsync($"GET /api/v1/chats/{chat}/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n{upgrade}\r\n");
        await streams.ReachesAsync(1);
        var screen = await server.FollowAsync(chat, screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        for (var i = 1; i <= Messages; i++)
        {
            await server.SendAsync(chat, new string((char)('a' + (i % 26)), MessageBytes));
            await server.FollowAsync(chat, seen => seen.Status == "waiting" && seen.Ids.Count == 2 + (2 * i), screen);
        }

        // The stuck one was there all the time, or was cut meanwhile; now nobody is left.
        await streams.ReachesAsync(0);
        Assert.Equal(0, server.Services.GetRequiredService<OwnerStreams>().Count);
    }

    [Fact]
    public async Task A_web_socket_whose_client_answers_no_ping_is_cut()
    {
        await using var server = await TestServer.StartAsync(null, "Http:PingTimeout=00:00:02", "Http:HeartbeatInterval=00:00:00.5");
        using var streams = new StreamCount(server.Services);
        var chat = await server.CreateAsync();
        using var dead = await RawConnection.OpenAsync(server.Url);
        await dead.SendAsync($"GET /api/v1/chats/{chat}/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n{Upgrade}\r\n");
        await streams.ReachesAsync(1);
        Assert.Contains("101 Switching Protocols", await dead.ReadToEndAsync(), StringComparison.Ordinal);
        await streams.ReachesAsync(0);
        Assert.Equal(0, server.Services.GetRequiredService<OwnerStreams>().Count);
    }
}
