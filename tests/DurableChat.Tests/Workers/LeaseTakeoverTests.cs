using System.Collections.Concurrent;
using DurableChat.Tests.Support;
using DurableChat.Workers;
using Xunit;

namespace DurableChat.Tests.Workers;

public sealed class LeaseTakeoverTests
{
    [Fact]
    public async Task One_heartbeat_speaks_for_all_turns_of_a_replica()
    {
        var beats = new ConcurrentQueue<DateTimeOffset>();
        Node node = null!;
        var store = new FakeStore { Before = call => Beat(call) };
        node = new Node(store, new ScriptedModel((_, _, ct) => Silence(ct)), worker: new WorkerOptions { DrainTime = TimeSpan.Zero });
        for (var i = 0; i < 20; i++)
        {
            await node.CreateAsync();
        }

        // The loop runs elsewhere, and time that passes before it waits does not count for it.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        await node.Takeover.StartAsync(TestContext.Current.CancellationToken);
        while (beats.Count < 6)
        {
            patience.Token.ThrowIfCancellationRequested();
            node.Time.Advance(node.Options.HeartbeatInterval);
            await Task.Yield();
        }

        // The start beats, and the loop at once again.
        await node.Takeover.StopAsync(TestContext.Current.CancellationToken);
        Assert.All(beats.CountBy(beat => beat), instant => Assert.InRange(instant.Value, 1, 2));

        Task Beat(string call)
        {
            if (call == "heartbeat")
            {
                beats.Enqueue(node.Time.GetUtcNow());
            }

            return Task.CompletedTask;
        }
    }

    private static async IAsyncEnumerable<Microsoft.Extensions.AI.AIContent> Silence([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        yield break;
    }
}
