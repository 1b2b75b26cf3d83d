using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace DurableChat.Bench.Load;

/// <summary>One connection of the load generator.</summary>
internal sealed class Subscriber(Socket socket, int chat, Subscriber? before) : IDisposable
{
    /// <summary>The file descriptor, which is read directly.</summary>
    public int Descriptor { get; } = (int)socket.Handle;

    public int Chat => chat;

    /// <summary>When it connected.</summary>
    public long ConnectedAt { get; } = Stopwatch.GetTimestamp();

    /// <summary>True once it is registered at the server.</summary>
    public bool IsReady { get; set; }

    /// <summary>How many events have arrived, not counting those of the connection before.</summary>
    public long Received { get; set; }

    /// <summary>The position of the newest event that came with one, on this connection or the one before.</summary>
    public string Position { get; private set; } = before?.Position ?? string.Empty;

    /// <summary>The beginning of a marker, or of what tells that it is registered, whose rest is to come.</summary>
    public byte[]? Held { get; set; }

    /// <summary>Notes the last position in what has arrived.</summary>
    public void TrackPosition(ReadOnlySpan<byte> bytes)
    {
        var field = "id: "u8;
        if (bytes.LastIndexOf(field) is var at
            && at >= 0
            && bytes[(at + field.Length)..] is var rest
            && rest.IndexOf((byte)'\n') is var length
            && length > 0)
        {
            Position = Encoding.ASCII.GetString(rest[..length]);
        }
    }

    public void Dispose() => socket.Dispose();
}
