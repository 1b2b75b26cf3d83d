using DurableChat.Tests.Support;
using DurableChat.Workers;
using Xunit;

namespace DurableChat.Tests.Workers;

public sealed class LeaseTakeoverTests
{
    [Fact]
    public async Task One_heartbeat_speaks_for_all_turns_of_a_replica()
    {
        var heartbeats = 0;
        var store = new FakeStore { Before = call => Task.FromResult(call == "heartbeat" ? Interlocked.Increment(ref heartbeats) : 0) };
        var node = new Node(store, new ScriptedModel((_, _, ct) => Silence(ct)), worker: new WorkerOptions { DrainTime = TimeSpan.Zero });
        for (var i = 0; i < 20; i++)
        {
            await node.CreateAsync();
        }

        // The first loop beats once more at once, so two have been when the second interval begins.
        await node.Takeover.StartAsync(TestContext.Current.CancellationToken);
        await UntilAsync(2);
        node.Time.Advance(node.Options.HeartbeatInterval);
        await UntilAsync(3);
        await node.Takeover.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3, heartbeats);

        async Task UntilAsync(int count)
        {
            while (Volatile.Read(ref heartbeats) < count)
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }

    private static async IAsyncEnumerable<Microsoft.Extensions.AI.AIContent> Silence([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        yield break;
    }
}
