using System.Net.Sockets;

namespace DurableChat.Bench.Load;

/// <summary>One connection of the load generator.</summary>
internal sealed class Subscriber(Socket socket, int chat) : IDisposable
{
    /// <summary>The socket, whose descriptor is read directly.</summary>
    public Socket Socket => socket;

    public int Descriptor { get; } = (int)socket.Handle;

    public int Chat => chat;

    /// <summary>True once it is registered at the server.</summary>
    public bool IsReady { get; set; }

    /// <summary>How many events have arrived.</summary>
    public long Received { get; set; }

    /// <summary>The beginning of a marker, or of what tells that it is registered, whose rest is to come.</summary>
    public byte[]? Held { get; set; }

    public void Dispose() => socket.Dispose();
}
