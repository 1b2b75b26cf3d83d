using System.IO.Pipelines;
using DurableChat.AspNetCore;
using DurableChat.AspNetCore.Streaming;
using DurableChat.Feeds;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Integration.Tests.Streaming;

/// <summary>What a client that is slow, or stands still, costs while much waits for it.</summary>
public sealed class SlowClientTests
{
    private const int Waiting = 4 * 1024 * 1024;
    private const int MostHeld = 128 * 1024;

    private readonly FakeTimeProvider _time = new();
    private readonly DurableChatHttpOptions _options = new() { StallTimeout = TimeSpan.FromSeconds(30) };

    [Fact]
    public async Task Little_is_held_for_a_client_that_stands_still_and_it_is_cut()
    {
        using var client = new Client();
        using var source = new Backlog();
        var writing = WriteAsync(client, source);
        Assert.False(writing.IsCompleted);
        _time.Advance(_options.StallTimeout - TimeSpan.FromSeconds(1));
        Assert.False(client.IsCut);
        Assert.InRange(client.Held, 1, MostHeld);
        _time.Advance(TimeSpan.FromSeconds(1));
        await writing.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        Assert.True(client.IsCut);
        Assert.InRange(client.Held, 1, MostHeld);
    }

    [Fact]
    public async Task A_client_that_is_slow_but_reads_is_given_all()
    {
        using var client = new Client();
        using var source = new Backlog();
        var writing = WriteAsync(client, source);
        long read = 0;
        while (!source.IsSent.IsCompleted)
        {
            // Each piece takes it almost as long as it may.
            _time.Advance(_options.StallTimeout - TimeSpan.FromSeconds(1));
            var reading = client.ReadAsync();
            if (await Task.WhenAny(reading, source.IsSent) == reading)
            {
                read += await reading;
            }
        }

        Assert.False(client.IsCut);
        Assert.InRange(read, Waiting - MostHeld, 2 * Waiting);
        client.Abort();
        await writing.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
    }

    private async Task WriteAsync(Client client, Backlog source)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(client);
        context.Features.Set<IHttpRequestLifetimeFeature>(client);
        using var heartbeats = new Heartbeats(_options, _time);
        using var drain = new ServerDrain(_options, new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance), _time);
        var writer = new SseWriter(
            new EventPump(NullLogger<EventPump>.Instance),
            new StallGuard(_options, _time, NullLogger<StallGuard>.Instance),
            heartbeats,
            drain);
        await writer.WriteAsync(context, source, client.RequestAborted);
    }

    /// <summary>Much at once, half of it one large event, and then nothing.</summary>
    private sealed class Backlog : IEventSource
    {
        private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _isTaken;

        public Task IsSent => _sent.Task;

        public async ValueTask<bool> NextAsync(List<StreamEvent> events, CancellationToken cancellationToken)
        {
            events.Clear();
            if (_isTaken)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            _isTaken = true;
            events.Add(new StreamEvent(StreamEventType.Message, null, new byte[Waiting / 2], 0));
            for (var bytes = 0; bytes < Waiting / 2; bytes += 1000)
            {
                events.Add(new StreamEvent(StreamEventType.Message, null, new byte[1000], 0));
            }

            return true;
        }

        public void ConfirmSent(IReadOnlyList<StreamEvent> events) => _sent.TrySetResult();

        public void Dispose()
        {
        }
    }

    /// <summary>The other end, with as much room between as the web server gives.</summary>
    private sealed class Client : IHttpResponseBodyFeature, IHttpRequestLifetimeFeature, IDisposable
    {
        private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
        private readonly CancellationTokenSource _aborted = new();

        public bool IsCut => _aborted.IsCancellationRequested;

        public CancellationToken RequestAborted
        {
            get => _aborted.Token;
            set => throw new NotSupportedException();
        }

        public Stream Stream => _pipe.Writer.AsStream();

        public PipeWriter Writer => _pipe.Writer;

        /// <summary>How much is on its way.</summary>
        public long Held
        {
            get
            {
                if (!_pipe.Reader.TryRead(out var read))
                {
                    return 0;
                }

                var length = read.Buffer.Length;
                _pipe.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.Start);
                return length;
            }
        }

        /// <summary>Takes what is there.</summary>
        public async Task<long> ReadAsync()
        {
            var read = await _pipe.Reader.ReadAsync();
            var length = read.Buffer.Length;
            _pipe.Reader.AdvanceTo(read.Buffer.End);
            return length;
        }

        public void Abort() => _aborted.Cancel();

        public void DisableBuffering()
        {
        }

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task CompleteAsync() => Task.CompletedTask;

        public void Dispose() => _aborted.Dispose();
    }
}
