using System.Net;

namespace DurableChat.Integration.Tests.Client;

/// <summary>A network that breaks: answers end in the middle, or do not come though the request was done. What it does to each request the test says.</summary>
internal sealed class CuttingHandler(Func<HttpRequestMessage, int, Cut> decide) : DelegatingHandler(new SocketsHttpHandler())
{
    private readonly TaskCompletionSource _silence = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _requests;

    public int Requests => _requests;

    /// <summary>Completes when the headers are there and somebody waits for what does not come.</summary>
    public Task Silence => _silence.Task;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var cut = decide(request, Interlocked.Increment(ref _requests));
        if (cut.Status is { } status)
        {
            var refusal = new HttpResponseMessage(status);
            refusal.Headers.RetryAfter = cut.RetryAfter is { } wait ? new(wait) : null;
            return refusal;
        }

        var response = await base.SendAsync(request, cancellationToken);
        if (cut.LosesAnswer)
        {
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            response.Dispose();
            throw new HttpRequestException("The connection broke.");
        }

        if (cut.IsSilent)
        {
            response.Content = new StreamContent(new SilentStream(_silence));
            response.Content.Headers.ContentType = new("text/event-stream");
        }

        if (cut.AfterBytes is { } bytes)
        {
            var type = response.Content.Headers.ContentType;
            response.Content = new StreamContent(new CutStream(await response.Content.ReadAsStreamAsync(cancellationToken), bytes));
            response.Content.Headers.ContentType = type;
        }

        return response;
    }

    private sealed class SilentStream(TaskCompletionSource reached) : CutStream(Null, int.MaxValue)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            reached.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return 0;
        }
    }

    private class CutStream(Stream inner, int left) : Stream
    {
        private int _left = left;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_left == 0)
            {
                throw new IOException("The connection was cut.");
            }

            var count = await inner.ReadAsync(buffer[..Math.Min(buffer.Length, _left)], cancellationToken);
            _left -= count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

/// <summary>What a network does to one request.</summary>
internal sealed record Cut
{
    public static Cut Nothing { get; } = new();

    /// <summary>The answer ends after so many bytes.</summary>
    public int? AfterBytes { get; init; }

    /// <summary>The request is done, and nobody is told.</summary>
    public bool LosesAnswer { get; init; }

    /// <summary>The answer begins, and nothing comes of it.</summary>
    public bool IsSilent { get; init; }

    /// <summary>The request does not arrive; something in between answers so.</summary>
    public HttpStatusCode? Status { get; init; }

    public TimeSpan? RetryAfter { get; init; }
}
