using System.Collections.Concurrent;
using DurableChat.Cluster;
using DurableChat.Notifications;
using Xunit;

namespace DurableChat.Conformance;

/// <summary>What an implementation of <see cref="INotificationChannel"/> adds to run the suite.</summary>
public interface IChannelHarness : IAsyncDisposable
{
    /// <summary>Makes another end of the same channel, as another replica would.</summary>
    INotificationChannel Open();

    /// <summary>Breaks every connection that listens.</summary>
    Task CutAsync();
}

/// <summary>The contract of a notification channel as tests.</summary>
public abstract class ChannelSpecs : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);
    private IChannelHarness? _harness;

    private IChannelHarness Harness => _harness ?? throw new InvalidOperationException("The test has not begun.");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _harness = await CreateHarnessAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_harness is not null)
        {
            await _harness.DisposeAsync();
        }
    }

    /// <summary>Makes a harness with a channel that nobody else uses.</summary>
    protected abstract ValueTask<IChannelHarness> CreateHarnessAsync();

    [Fact]
    public async Task Every_listener_gets_what_is_sent_the_sender_too()
    {
        var sender = Harness.Open();
        await using var own = await Listener.StartAsync(sender);
        await using var other = await Listener.StartAsync(Harness.Open());
        await sender.PublishAsync(["one", "two"], CancellationToken.None);
        Assert.Equal(["one", "two"], (await own.TakeAsync(2)).Order());
        Assert.Equal(["one", "two"], (await other.TakeAsync(2)).Order());
    }

    [Fact]
    public async Task A_replica_hears_what_it_sends_to_itself()
    {
        var channel = Harness.Open();
        using var seal = new NotificationSeal(new ClusterKeys(null, [new string('s', 32)], TimeProvider.System));
        var probe = new ChannelProbe(channel, seal, new NotificationOptions { ProbePatience = _patience },
            TimeProvider.System);
        await using var listener = await Listener.StartAsync(channel, payload =>
        {
            using var opened = seal.Open(payload, out _);
            probe.Take(opened.Content);
        });
        await using var other = await Listener.StartAsync(Harness.Open());
        Assert.True(await probe.HearAsync(CancellationToken.None));
        Assert.True(NotificationSeal.IsProbe(Assert.Single(await other.TakeAsync(1))));
    }

    [Fact]
    public async Task A_payload_of_the_largest_size_arrives_whole()
    {
        var channel = Harness.Open();
        await using var listener = await Listener.StartAsync(channel);
        var largest = new string('x', channel.MaxPayloadBytes - 4) + "üyy";
        await channel.PublishAsync([largest], CancellationToken.None);
        Assert.Equal(largest, Assert.Single(await listener.TakeAsync(1)));
    }

    [Fact]
    public async Task Quotes_line_breaks_and_letters_of_the_world_arrive_as_they_were()
    {
        var channel = Harness.Open();
        await using var listener = await Listener.StartAsync(channel);
        const string Text = "{\"a\":\"it's \\\"quoted\\\"\"}\n\t\\ \u2028 ☃ 𝄞";
        await channel.PublishAsync([Text], CancellationToken.None);
        Assert.Equal(Text, Assert.Single(await listener.TakeAsync(1)));
    }

    [Fact]
    public async Task A_thousand_in_batches_all_arrive()
    {
        var channel = Harness.Open();
        await using var listener = await Listener.StartAsync(Harness.Open());
        foreach (var batch in Enumerable.Range(0, 1_000).Select(i => $"{i}").Chunk(100))
        {
            await channel.PublishAsync(batch, CancellationToken.None);
        }

        Assert.Equal(1_000, (await listener.TakeAsync(1_000)).Distinct().Count());
    }

    [Fact]
    public async Task A_listener_whose_connection_is_cut_is_told_and_can_come_back()
    {
        var channel = Harness.Open();
        await using var listener = await Listener.StartAsync(channel);
        await Harness.CutAsync();
        await Assert.ThrowsAsync<ChannelException>(() => listener.Ended.WaitAsync(_patience, TimeProvider.System));
        await using var again = await Listener.StartAsync(channel);
        await Harness.Open().PublishAsync(["after"], CancellationToken.None);
        Assert.Equal("after", Assert.Single(await again.TakeAsync(1)));
    }

    [Fact]
    public async Task Listening_ends_when_the_caller_ends_it()
    {
        await using var listener = await Listener.StartAsync(Harness.Open());
        await listener.DisposeAsync();
        Assert.True(listener.Ended.IsCanceled);
    }

    private sealed class Listener : INotificationListener, IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly BlockingCollection<string> _received = [];
        private Action<string>? _heard;

        public Task Ended { get; private set; } = Task.CompletedTask;

        public static async Task<Listener> StartAsync(INotificationChannel channel, Action<string>? heard = null)
        {
            var listener = new Listener { _heard = heard };
            listener.Ended = channel.ListenAsync(listener, listener._stop.Token);
            await Task.WhenAny(listener._connected.Task, listener.Ended).WaitAsync(_patience, TimeProvider.System);
            return listener;
        }

        public void OnConnected() => _connected.TrySetResult();

        public void OnReceived(string payload)
        {
            _heard?.Invoke(payload);
            _received.Add(payload);
        }

        public Task<List<string>> TakeAsync(int count) => Task.Run(() =>
        {
            using var patience = new CancellationTokenSource(_patience, TimeProvider.System);
            return Enumerable.Range(0, count).Select(_ => _received.Take(patience.Token)).ToList();
        });

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
