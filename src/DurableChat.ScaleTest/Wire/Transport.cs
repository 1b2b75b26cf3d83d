namespace DurableChat.ScaleTest.Wire;

/// <summary>How streams are read.</summary>
internal enum Transport
{
    /// <summary>Server-Sent Events.</summary>
    Sse,

    /// <summary>WebSocket.</summary>
    Websocket,
}
