using System.Text;

namespace DurableChat.Feeds;

/// <summary>
/// One event of a chat's stream, serialised once. The same bytes go to every subscriber, as a Server-Sent Events frame
/// or, without the frame's field names, as a WebSocket message. Immutable and thread-safe.
/// </summary>
public class StreamEvent
{
    private static readonly string[] _names = [
        "message",
        "message_part",
        "status",
        "queue_update",
        "history_reset",
        "preview_reset",
        "retry",
        "error",
        "action_required",
        "chats",
        "chat",
        "chat_deleted",
        "tool_progress",
    ];

    internal StreamEvent(StreamEventType type, string? position, ReadOnlySpan<byte> json, long publishedAt)
    {
        Type = type;
        PublishedAt = publishedAt;
        var head = position is null
            ? $"event: {_names[(int)type]}\ndata: "
            : $"id: {position}\nevent: {_names[(int)type]}\ndata: ";
        var frame = new byte[head.Length + json.Length + 2];
        var start = Encoding.ASCII.GetBytes(head, frame);
        json.CopyTo(frame.AsSpan(start));
        frame.AsSpan(start + json.Length).Fill((byte)'\n');
        Frame = frame;
        Json = Frame.Slice(start, json.Length);
    }

    /// <summary>The kind of event.</summary>
    public StreamEventType Type { get; }

    /// <summary>The Server-Sent Events frame in UTF-8, including the empty line.</summary>
    public ReadOnlyMemory<byte> Frame { get; }

    /// <summary>The event as one JSON object in UTF-8, without line breaks. Part of <see cref="Frame"/>.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>
    /// The <see cref="TimeProvider"/> timestamp of its publication on this replica. 0 if it was read from the database.
    /// </summary>
    public long PublishedAt { get; }

    /// <summary>The size in memory, in bytes, including overhead.</summary>
    public virtual int Bytes => Frame.Length + Overhead;

    /// <summary>The approximate size of the object, its array header and its place in a list.</summary>
    internal const int Overhead = 128;
}
