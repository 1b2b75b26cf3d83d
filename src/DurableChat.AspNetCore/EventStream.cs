using DurableChat.Feeds;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore;

/// <summary>Sends events to one client until it goes, the chat goes, or the server shuts down. Chooses the transport. Thread-safe.</summary>
internal sealed class EventStream(OwnerStreams streams, SseWriter sse, WebSocketWriter webSocket, DurableChatHttpOptions options, ServerDrain drain)
{
    /// <summary>Opens the source and sends what it gives; a source of null is a chat that does not exist.</summary>
    public async Task<IResult> SendAsync<TSource>(HttpContext context, string owner, Func<Task<TSource?>> open)
        where TSource : class, IEventSource
    {
        var isWebSocket = context.WebSockets.IsWebSocketRequest;
        if (isWebSocket && !IsAllowedOrigin(context.Request))
        {
            return Problems.ForeignOrigin();
        }

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

        // A server that shuts down ends its streams first, so that clients go elsewhere while turns are still being finished.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.StreamsEnd);
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

    /// <summary>
    /// Browsers open WebSockets across origins and send cookies along, so a foreign page could ride on a session. Programs that are no browsers send no origin.
    /// </summary>
    private bool IsAllowedOrigin(HttpRequest request)
    {
        if (!request.Headers.TryGetValue("Origin", out var header))
        {
            return true;
        }

        return header is [{ } origin]
            && (string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
                || options.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase));
    }
}
