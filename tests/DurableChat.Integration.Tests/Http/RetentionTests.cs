using System.Net;
using System.Net.Http.Json;
using DurableChat.Integration.Tests.Streaming;
using DurableChat.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Integration.Tests.Http;

/// <summary>Archived chats that are deleted by themselves, as clients see it.</summary>
public sealed class RetentionTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_archived_chat_goes_after_its_time_if_one_is_set_and_its_streams_end(bool isOn)
    {
        await using var server = await TestServer.StartAsync(null, _time, isOn ? ["DurableChat:Retention:ArchivedAfter=2.00:00:00"] : []);
        var (archived, kept) = (await server.CreateAsync(), await server.CreateAsync());
        await server.FollowAsync(archived, screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        using var answer = await server.Http.PatchAsJsonAsync($"chats/{archived}", new { archived = true });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var stream = new SseClient(server.Http, $"chats/{archived}/stream", new Screen());
        await stream.ConnectAsync();
        await stream.ReadUntilAsync(screen => screen.Ids.Count == 2);
        _time.Advance(TimeSpan.FromDays(2));
        if (isOn)
        {
            Assert.False(await stream.ReadUntilAsync(_ => false));
            Assert.Equal(1, await server.MetricAsync("durablechat_retention_purged_total"));
        }

        Assert.Equal(isOn ? HttpStatusCode.NotFound : HttpStatusCode.OK, (await server.Http.GetAsync($"chats/{archived}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync($"chats/{kept}")).StatusCode);
    }
}
