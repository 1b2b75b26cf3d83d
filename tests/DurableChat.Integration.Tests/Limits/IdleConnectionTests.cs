using DurableChat.AspNetCore.Streaming;
using DurableChat.Integration.Tests.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DurableChat.Integration.Tests.Limits;

/// <summary>Connections that do nothing. At full size: <c>durablechat scaletest --scenario idle</c>.</summary>
public sealed class IdleConnectionTests
{
    private const int Connections = 500;

    [Fact]
    public async Task Five_hundred_that_say_nothing_and_five_hundred_that_only_listen_keep_no_turn_from_ending()
    {
        await using var server = await TestServer.StartAsync();
        using var streams = new StreamCount(server.Services);
        var chat = await server.CreateAsync();
        var screen = await server.FollowAsync(chat, seen => seen.Status == "waiting" && seen.Ids.Count == 2);
        await streams.ReachesAsync(0);
        var idle = new List<RawConnection>();
        try
        {
            for (var i = 0; i < Connections; i++)
            {
                idle.Add(await RawConnection.OpenAsync(server.Url));
                idle.Add(await RawConnection.OpenAsync(server.Url));
                await idle[^1].SendAsync($"GET /api/v1/chats/{chat}/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
            }

            await streams.ReachesAsync(Connections);
            await server.SendAsync(chat, "is anybody served?");
            await server.FollowAsync(chat, seen => seen.Status == "waiting" && seen.Ids.Count == 4, screen);
        }
        finally
        {
            idle.ForEach(connection => connection.Dispose());
        }

        await streams.ReachesAsync(0);
        Assert.Equal(0, server.Services.GetRequiredService<OwnerStreams>().Count);
    }
}
