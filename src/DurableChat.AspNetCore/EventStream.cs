using DurableChat.AspNetCore.Tickets;
using DurableChat.Feeds;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore;

/// <summary>Sends events to one client until it goes, its credentials expire, the chat goes, or the server shuts down. Chooses the transport. Thread-safe.</summary>
internal sealed class EventStream(OwnerStreams streams, SseWriter sse, WebSocketWriter webSocket, StallGuard stall, DurableChatHttpOptions options, TimeProvider time, ServerDrain drain)
{
    /// <summary>Opens the source and sends what it gives; a source of null is a chat that does not exist.</summary>
    public Task<IResult> SendAsync<TSource>(HttpContext context, string owner, Func<Task<TSource?>> open)
        where TSource : class, IEventSource
    {
        var isWebSocket = context.WebSockets.IsWebSocketRequest;
        return SendAsync(context, owner, isWebSocket ? "websocket" : "sse", async end =>
        {
            using var source = await open();
            if (source is null)
            {
                return Problems.ChatNotFound();
            }

            await (isWebSocket ? webSocket.WriteAsync(context, source, end) : sse.WriteAsync(context, source, end));
            return Results.Empty;
        });
    }

    /// <summary>Gives a stream its place among its owner's, and the token that says when it has to end.</summary>
    public async Task<IResult> SendAsync(HttpContext context, string owner, string transport, Func<CancellationToken, Task<IResult>> send)
    {
        using var place = streams.TryOpen(owner, transport);
        if (place is null)
        {
            context.Response.Headers.RetryAfter = "5";
            return Problems.TooManyStreams(options.MaxStreamsPerOwner);
        }

        stall.Prepare(context);

        // A server that shuts down ends its streams first, so that clients go elsewhere while turns are still being finished.
        using var deadline = StreamDeadline.Start(context, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.StreamsEnd, deadline.Token);
        return await send(end.Token);
    }
}
