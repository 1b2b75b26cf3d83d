using DurableChat.AspNetCore.Tickets;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.Streaming;

/// <summary>
/// An open stream with its slot. It is sent after the endpoint and its filters have returned, so that they use no
/// memory while it is open, which may be days. The request owns it, so a filter that fails or replaces the response
/// need not know about it.
/// </summary>
internal sealed class StreamResult(IDisposable place, IStreamBody body, StallGuard stall, TimeProvider time, ServerDrain drain) : IResult, IDisposable
{
    private int _isDisposed;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using (this)
        {
            stall.Prepare(httpContext);

            // A server that shuts down ends its streams first, so that clients reconnect elsewhere while turns are
            // being finished.
            using var deadline = StreamDeadline.Start(httpContext, time);
            using var end = deadline is null
                ? CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, drain.StreamsEnd)
                : CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, drain.StreamsEnd, deadline.Token);
            await body.WriteAsync(httpContext, end.Token);
        }
    }

    /// <summary>Releases the slot and the source. Repeated calls have no effect.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            using (place)
            {
                body.Dispose();
            }
        }
    }
}
