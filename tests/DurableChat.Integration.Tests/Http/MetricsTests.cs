using DurableChat.Integration.Tests.Streaming;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Integration.Tests.Http;

/// <summary>Metrics are the whole process's, so no other server may run beside these tests.</summary>
[CollectionDefinition(nameof(MetricsCollection), DisableParallelization = true)]
public sealed class MetricsCollection;

/// <summary>What the server counts.</summary>
[Collection(nameof(MetricsCollection))]
public sealed class MetricsTests
{
    [Fact]
    public async Task A_hundred_turns_with_an_open_stream_each_read_no_message()
    {
        await using var server = await TestServer.StartAsync();
        var chats = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => server.CreateAsync($"chat {i}")));
        await Task.WhenAll(chats.Select(async chat =>
        {
            using var client = new SseClient(server.Http, $"chats/{chat}/stream", new Screen());
            await client.ConnectAsync();
            await client.ReadUntilAsync(screen => screen.Status == "waiting" && screen.Ids.Count == 2);
            for (var turn = 2; turn <= 5; turn++)
            {
                await server.SendAsync(chat, $"turn {turn}");
                await client.ReadUntilAsync(screen => screen.Status == "waiting" && screen.Ids.Count == 2 * turn);
            }
        }));
        Assert.Equal(100, await server.MetricAsync("durablechat_turns_total", "finished"));
        Assert.Equal(0, await server.MetricAsync("durablechat_message_reads_total"));
        Assert.True(await server.MetricAsync("durablechat_window_hits_total") >= 100);
        Assert.Equal(200, await server.MetricAsync("durablechat_store_commits_total", "committed"));
    }

    [Fact]
    public async Task Without_a_window_every_message_is_read()
    {
        await using var server = await TestServer.StartAsync(window: 0);
        var chat = await server.CreateAsync();
        using var client = new SseClient(server.Http, $"chats/{chat}/stream", new Screen());
        await client.ConnectAsync();
        await client.ReadUntilAsync(screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        for (var turn = 2; turn <= 10; turn++)
        {
            await server.SendAsync(chat, $"turn {turn}");
            await client.ReadUntilAsync(screen => screen.Status == "waiting" && screen.Ids.Count == 2 * turn);
        }

        Assert.True(await server.MetricAsync("durablechat_message_reads_total", "catch_up") >= 9);
    }
}
