namespace DurableChat.Bench.Targets;

/// <summary>How subscribers connect.</summary>
internal enum Transport
{
    /// <summary>Server-Sent Events.</summary>
    Sse,

    /// <summary>A WebSocket with a JSON text message for each event.</summary>
    WebSocket,

    /// <summary>A WebSocket that speaks SignalR's hub protocol in JSON.</summary>
    SignalR,
}
