using System.IO.Pipelines;
using DurableChat.AspNetCore;
using DurableChat.AspNetCore.Streaming;
using DurableChat.Feeds;
using DurableChat.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DurableChat.Integration.Tests.Streaming;

/// <summary>
/// How a stream ends whose client goes in the middle of a write. An exception would be logged as an error of the
/// server.
/// </summary>
public sealed class SseWriterTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task A_client_that_goes_in_the_middle_of_a_write_is_no_error(bool isStoreAway, bool isCancelled)
    {
        using var end = new CancellationTokenSource();
        var body = new GoneBody(isCancelled ? end : null);
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(body);
        using var source = new Source(isStoreAway);
        var options = new DurableChatHttpOptions();
        var stall = new StallGuard(options, TimeProvider.System, NullLogger<StallGuard>.Instance);
        using var heartbeats = new Heartbeats(options, TimeProvider.System);
        using var drain = new ServerDrain(options, new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance), TimeProvider.System);
        await new SseWriter(new EventPump(NullLogger<EventPump>.Instance), stall, heartbeats, drain).WriteAsync(context, source, end.Token);
        Assert.Equal(1, body.Flushes);
    }

    private sealed class Source(bool isStoreAway) : IEventSource
    {
        public ValueTask<bool> NextAsync(List<StreamEvent> events, CancellationToken cancellationToken) =>
            isStoreAway ? throw new ChatStoreException("away") : new(true);

        public void ConfirmSent(IReadOnlyList<StreamEvent> events) => Assert.Fail("It was not sent.");

        public void Dispose()
        {
        }
    }

    /// <summary>
    /// A response whose client goes while it is flushed: either the flush says so, or it is cancelled.
    /// </summary>
    private sealed class GoneBody(CancellationTokenSource? end) : PipeWriter, IHttpResponseBodyFeature
    {
        private readonly byte[] _buffer = new byte[64 * 1024];

        public int Flushes { get; private set; }

        public Stream Stream => System.IO.Stream.Null;

        public PipeWriter Writer => this;

        public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            Flushes++;
            await (end?.CancelAsync() ?? Task.CompletedTask);
            cancellationToken.ThrowIfCancellationRequested();
            return new FlushResult(isCanceled: false, isCompleted: true);
        }

        public override void Advance(int bytes)
        {
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer;

        public override Span<byte> GetSpan(int sizeHint = 0) => _buffer;

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public void DisableBuffering()
        {
        }

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task CompleteAsync() => Task.CompletedTask;
    }
}
