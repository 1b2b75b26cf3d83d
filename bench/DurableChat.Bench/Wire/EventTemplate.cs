namespace DurableChat.Bench.Wire;

/// <summary>
/// The bytes that DurableChat sends for an event, to be sent by others: only the time in them changes. Thread-safe.
/// </summary>
internal sealed class EventTemplate
{
    private readonly byte[] _bytes;
    private readonly int _marker;

    private EventTemplate(byte[] bytes)
    {
        _bytes = bytes;
        _marker = bytes.AsSpan().IndexOf(Marker.Start);
    }

    /// <summary>A Server-Sent Events frame.</summary>
    public static EventTemplate Sse(EventKind kind) => new(EventText.MakeEvent(kind).Frame.ToArray());

    /// <summary>The JSON alone.</summary>
    public static EventTemplate Json(EventKind kind) => new(EventText.MakeEvent(kind).Json.ToArray());

    /// <summary>A WebSocket text frame.</summary>
    public static EventTemplate WebSocketFrame(EventKind kind)
    {
        const byte FinalText = 0x81, TwoLengthBytes = 126;
        var json = EventText.MakeEvent(kind).Json;
        byte[] head = json.Length < TwoLengthBytes
            ? [FinalText, (byte)json.Length]
            : [FinalText, TwoLengthBytes, (byte)(json.Length >> 8), (byte)json.Length];
        return new EventTemplate([.. head, .. json.Span]);
    }

    /// <summary>A copy with a time in it.</summary>
    public byte[] Stamp(long timestamp)
    {
        var copy = _bytes.AsSpan().ToArray();
        Marker.Write(copy.AsSpan(_marker), timestamp);
        return copy;
    }
}
