using DurableChat.AspNetCore.Tickets;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore;

/// <summary>
/// A stream that is open and has its place. It is sent when the endpoint and its filters have returned, so that for as long as it is open, which may be days, none of them takes memory.
/// </summary>
internal sealed class StreamResult(IDisposable place, IStreamBody body, StallGuard stall, TimeProvider time, ServerDrain drain) : IResult
{
    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using (place)
        using (body)
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
}
