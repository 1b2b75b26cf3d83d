using DurableChat.AspNetCore.Tickets;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore;

/// <summary>
/// A stream that is open and has its place. It is sent when the endpoint and its filters have returned, so that for as long as it is open, which may be days, none of them takes memory. It belongs to its
/// request: a filter that answers something else instead, or fails, need not know of it.
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

            // A server that shuts down ends its streams first, so that clients go elsewhere while turns are still being finished.
            using var deadline = StreamDeadline.Start(httpContext, time);
            using var end = deadline is null
                ? CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, drain.StreamsEnd)
                : CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, drain.StreamsEnd, deadline.Token);
            await body.WriteAsync(httpContext, end.Token);
        }
    }

    /// <summary>Gives the place back and closes the source, once.</summary>
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
