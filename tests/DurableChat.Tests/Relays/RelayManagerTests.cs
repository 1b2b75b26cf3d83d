using System.Runtime.CompilerServices;
using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Relays;
using DurableChat.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DurableChat.Tests.Relays;

public sealed class RelayManagerTests
{
    private readonly Stage _stage = new(replica: "b");

    [Theory]
    [InlineData(typeof(RelayException))]
    [InlineData(typeof(NotSupportedException))]
    [InlineData(typeof(OperationCanceledException))]
    public async Task A_relay_goes_on_whatever_it_meets(Type fault)
    {
        var relay = new StubbornRelay(fault == typeof(RelayException) ? new RelayException("broken") : (Exception)Activator.CreateInstance(fault)!);
        using var manager = new RelayManager(relay, _stage.Registry, _stage.Store, new RelayMetrics(null), TimeProvider.System, NullLogger<RelayManager>.Instance);
        await manager.StartAsync(TestContext.Current.CancellationToken);
        await _stage.Store.HeartbeatAsync("a", "http://a/", TestContext.Current.CancellationToken);
        var created = _stage.Create();
        using var pin = _stage.Registry.Pin(_stage.Id);
        pin.Feed.AddSubscriber();
        pin.Feed.PublishRemote(created.Next, created.Appended, TimeSpan.Zero);

        Assert.True(await relay.Reached.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        await manager.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Fails twice, in its own way.</summary>
    private sealed class StubbornRelay(Exception fault) : IRelay
    {
        private int _calls;

        public TaskCompletionSource<bool> Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async IAsyncEnumerable<RelayFrame> ReadAsync(Uri address, ChatId chat, long generation, long afterSeq, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (Interlocked.Increment(ref _calls) <= 2)
            {
                throw fault;
            }

            Reached.TrySetResult(true);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            yield break;
        }
    }
}
