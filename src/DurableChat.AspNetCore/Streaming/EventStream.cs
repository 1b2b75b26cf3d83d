using DurableChat.AspNetCore.Wire;
using DurableChat.Feeds;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.Streaming;

/// <summary>
/// Opens streams. A stream sends to one client until the client disconnects, its credentials expire, the chat is
/// deleted, or the server shuts down. Thread-safe.
/// </summary>
internal sealed class EventStream(ChatService chats, OwnerStreams streams, SseWriter sse, WebSocketWriter webSocket, StallGuard stall, DurableChatHttpOptions options, TimeProvider time, ServerDrain drain)
{
    /// <summary>
    /// Opens a source and sends its events over the transport that the client requested. A null source means that the
    /// chat does not exist.
    /// </summary>
    public Task<IResult> OpenAsync<TSource>(HttpContext context, string owner, Func<Task<TSource?>> open)
        where TSource : class, IEventSource
    {
        var isWebSocket = context.WebSockets.IsWebSocketRequest;
        return OpenAsync(context, owner, isWebSocket ? "websocket" : "sse", async () => await open() is { } source
            ? (isWebSocket ? new WebSocketBody(webSocket, source) : new SseBody(sse, source), null)
            : (null, Problems.ChatNotFound()));
    }

    /// <summary>Takes a slot among the owner's streams and opens the stream, or returns the refusal.</summary>
    public async Task<IResult> OpenAsync(HttpContext context, string owner, string transport, Func<Task<(IStreamBody? Body, IResult? Answer)>> open)
    {
        var place = streams.TryOpen(owner, transport);
        if (place is null)
        {
            context.Response.Headers.RetryAfter = "5";
            return Problems.TooManyStreams(options.MaxStreamsPerOwner);
        }

        var isOpen = false;
        try
        {
            if (chats.RefuseIfFull(owner) is { } full)
            {
                return Problems.Of(full);
            }

            var (body, answer) = await open();
            if (body is null)
            {
                return answer!;
            }

            var result = new StreamResult(place, body, stall, time, drain);
            isOpen = true;
            context.Response.RegisterForDispose(result);
            return result;
        }
        finally
        {
            if (!isOpen)
            {
                place.Dispose();
            }
        }
    }

    private sealed class SseBody(SseWriter writer, IEventSource source) : IStreamBody
    {
        public Task WriteAsync(HttpContext context, CancellationToken end) => writer.WriteAsync(context, source, end);

        public void Dispose() => source.Dispose();
    }

    private sealed class WebSocketBody(WebSocketWriter writer, IEventSource source) : IStreamBody
    {
        public Task WriteAsync(HttpContext context, CancellationToken end) => writer.WriteAsync(context, source, end);

        public void Dispose() => source.Dispose();
    }
}
