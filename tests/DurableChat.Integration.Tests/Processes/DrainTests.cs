using System.Net;
using DurableChat.Integration.Tests.Streaming;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Integration.Tests.Processes;

/// <summary>What a server does between the signal to stop and its end.</summary>
public sealed class DrainTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_server_that_is_asked_to_stop_is_not_ready_and_serves_on_until_the_delay_is_over()
    {
        using var server = await ServerProcess.StartAsync(_folder.File("chat.db"), "Http__DrainDelay=00:00:06", "Models__0__Name=demo", "Models__0__Provider=demo", "Models__0__DelayMs=0");
        var readiness = new Uri(server.Http.BaseAddress!, "/readyz");
        var chat = await server.CreateAsync("hello");
        using var stream = new SseClient(server.Http, $"chats/{chat}/stream", new Screen());
        await stream.ConnectAsync();
        await stream.ReadUntilAsync(screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync(readiness)).StatusCode);
        var stopping = server.StopAsync();
        while ((await server.Http.GetAsync(readiness)).StatusCode != HttpStatusCode.ServiceUnavailable)
        {
            await Task.Yield();
        }

        // Load balancers go by readiness; whoever comes meanwhile is served in full, on streams that are open and on new ones.
        using var sent = await server.Http.PostAsync($"chats/{chat}/messages", new StringContent("""{"content":"and again"}""", System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
        Assert.True(await stream.ReadUntilAsync(screen => screen.Status == "waiting" && screen.Ids.Count == 4));
        await server.FollowAsync(await server.CreateAsync("late"), screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        Assert.False(await stream.ReadUntilAsync(_ => false));
        Assert.Equal(0, await stopping);
    }
}
