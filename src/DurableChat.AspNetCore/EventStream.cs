using DurableChat.AspNetCore.Tickets;
using DurableChat.Feeds;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore;

/// <summary>Sends events to one client until it goes, its credentials expire, the chat goes, or the server shuts down. Chooses the transport. Thread-safe.</summary>
internal sealed class EventStream(OwnerStreams streams, SseWriter sse, WebSocketWriter webSocket, StallGuard stall, DurableChatHttpOptions options, TimeProvider time, ServerDrain drain)
{
    /// <summary>Opens the source and sends what it gives; a source of null is a chat that does not exist.</summary>
    public async Task<IResult> SendAsync<TSource>(HttpContext context, string owner, Func<Task<TSource?>> open)
        where TSource : class, IEventSource
    {
        var isWebSocket = context.WebSockets.IsWebSocketRequest;
        using var place = streams.TryOpen(owner, isWebSocket ? "websocket" : "sse");
        if (place is null)
        {
            context.Response.Headers.RetryAfter = "5";
            return Problems.TooManyStreams(options.MaxStreamsPerOwner);
        }

        using var source = await open();
        if (source is null)
        {
            return Problems.ChatNotFound();
        }

        stall.Prepare(context);

        // A server that shuts down ends its streams first, so that clients go elsewhere while turns are still being finished.
        using var deadline = StreamDeadline.Start(context, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.StreamsEnd, deadline.Token);
        if (isWebSocket)
        {
            await webSocket.WriteAsync(context, source, end.Token);
        }
        else
        {
            await sse.WriteAsync(context, source, end.Token);
        }

        return Results.Empty;
    }
}
