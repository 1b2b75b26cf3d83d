using DurableChat.AspNetCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Integration.Tests.Streaming;

/// <summary>The first phase of a shutdown.</summary>
public sealed class ServerDrainTests
{
    private static readonly TimeSpan _delay = TimeSpan.FromSeconds(5);
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Streams_end_after_the_delay_and_readiness_before_it(bool isSignalled)
    {
        using var lifetime = new Lifetime();
        using var drain = new ServerDrain(new DurableChatHttpOptions { DrainDelay = _delay }, lifetime, _time);
        await drain.StartedAsync(CancellationToken.None);
        Assert.False(drain.HasBegun);
        if (isSignalled)
        {
            lifetime.StopApplication();
            Assert.True(drain.HasBegun);
        }

        var stopping = drain.StoppingAsync(CancellationToken.None);
        Assert.True(drain.HasBegun);
        _time.Advance(_delay - TimeSpan.FromMilliseconds(1));
        Assert.False(drain.StreamsEnd.IsCancellationRequested);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await stopping;
        Assert.True(drain.StreamsEnd.IsCancellationRequested);
    }

    [Fact]
    public async Task Without_a_delay_or_with_no_time_left_streams_end_at_once()
    {
        using var lifetime = new Lifetime();
        using var none = new ServerDrain(new DurableChatHttpOptions(), lifetime, _time);
        await none.StoppingAsync(CancellationToken.None);
        Assert.True(none.StreamsEnd.IsCancellationRequested);
        using var hurried = new ServerDrain(new DurableChatHttpOptions { DrainDelay = _delay }, lifetime, _time);
        await hurried.StartedAsync(CancellationToken.None);
        await hurried.StoppingAsync(new CancellationToken(canceled: true));
        Assert.True(hurried.StreamsEnd.IsCancellationRequested);
    }

    [Fact]
    public async Task A_server_whose_start_has_failed_does_not_wait()
    {
        using var lifetime = new Lifetime();
        using var drain = new ServerDrain(new DurableChatHttpOptions { DrainDelay = _delay }, lifetime, _time);
        await drain.StoppingAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.True(drain.StreamsEnd.IsCancellationRequested);
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => _stopping.Cancel();

        public void Dispose() => _stopping.Dispose();
    }
}
