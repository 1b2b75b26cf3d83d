using DurableChat.Mcp;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Integration.Tests.Mcp;

/// <summary>The connection to a server, of which everything can be expected.</summary>
public sealed class McpLinkTests
{
    [Fact]
    public async Task A_change_right_behind_the_first_list_is_seen_and_a_server_that_falls_silent_is_connected_to_again()
    {
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var server = await FakeMcpServer.StartAsync();
        var time = new FakeTimeProvider();
        var link = new McpLink(new McpServer { Name = "fake", Url = server.Url, AllowedTools = [McpServer.AllTools] }, TimeSpan.FromMinutes(1), time, NullLoggerFactory.Instance);
        var running = link.RunAsync(end.Token);
        await link.FirstAttempt;
        while (link.Tools.Count == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, end.Token);
        }

        Assert.Equal("add", link.Tools[0].Name);
        server.IsSilent = true;
        await AdvanceUntilAsync(time, server.WaitForAsync(["ping"], end.Token));
        await AdvanceUntilAsync(time, server.WaitForAsync(["initialize", "server/discover"], end.Token));
        await end.CancelAsync();
        await running;
    }

    /// <summary>Lets time pass until something has happened. The pauses are real but tiny: they only let the other threads run.</summary>
    private static async Task AdvanceUntilAsync(FakeTimeProvider time, Task happens)
    {
        while (!happens.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            await Task.WhenAny(happens, Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System));
        }

        await happens;
    }
}
