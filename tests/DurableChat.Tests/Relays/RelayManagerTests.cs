using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Relays;
using DurableChat.Tests.Support;
using Microsoft.Extensions.Logging;
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
        using var manager = new RelayManager(_stage.Registry, _stage.Store, new RelayMetrics(null), TimeProvider.System, NullLogger<RelayManager>.Instance, relay);
        await FollowAsync(manager, relay);
    }

    [Fact]
    public async Task A_replica_that_refuses_is_warned_of_once_in_a_while_and_counted_each_time()
    {
        using var meters = new Meters();
        using var listener = new MeterListener();
        var failures = 0L;
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Name == "durablechat.relays.failures")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref failures, value));
        listener.Start();
        var log = new Warner();
        var relay = new StubbornRelay(new RelayException("refused"));
        using var manager = new RelayManager(_stage.Registry, _stage.Store, new RelayMetrics(meters), TimeProvider.System, log, relay);
        await FollowAsync(manager, relay);
        Assert.Contains("refused", Assert.Single(log.Warnings), StringComparison.Ordinal);
        Assert.Equal(2, failures);
    }

    private async Task FollowAsync(RelayManager manager, StubbornRelay relay)
    {
        await manager.StartAsync(TestContext.Current.CancellationToken);
        await _stage.Store.HeartbeatAsync("a", "http://a/", TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        var created = _stage.Create();
        using var pin = _stage.Registry.Pin(_stage.Id);
        pin.Feed.Join(new SubscriberCursor(default));
        pin.Feed.Publish(created);

        Assert.True(await relay.Reached.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        await manager.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Whoever_needs_a_relay_does_not_wait_for_it_to_connect()
    {
        var relay = new StubbornRelay(new RelayException("broken"));
        using var manager = new RelayManager(_stage.Registry, _stage.Store, new RelayMetrics(null), TimeProvider.System, NullLogger<RelayManager>.Instance, relay);
        await manager.StartAsync(TestContext.Current.CancellationToken);
        using var dialling = new ManualResetEventSlim();
        _stage.Store.Before = call =>
        {
            if (call == "replicas")
            {
                dialling.Wait(TestContext.Current.CancellationToken);
            }

            return Task.CompletedTask;
        };
        var created = _stage.Create();
        using var pin = _stage.Registry.Pin(_stage.Id);
        pin.Feed.Join(new SubscriberCursor(default));
        await Task.Run(() =>
            pin.Feed.Publish(created)).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        var events = new List<StreamEvent>();
        pin.Feed.Look(new SubscriberCursor(Position.Start), events);
        Assert.Contains(events, told => told is MessageEvent);
        dialling.Set();
        await manager.StopAsync(TestContext.Current.CancellationToken);
    }

    private sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options)
        {
            options.Scope = this;
            return new Meter(options);
        }

        public void Dispose()
        {
        }
    }

    private sealed class Warner : ILogger<RelayManager>
    {
        public ConcurrentQueue<string> Warnings { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Warning)
            {
                Warnings.Enqueue(formatter(state, exception));
            }
        }
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
