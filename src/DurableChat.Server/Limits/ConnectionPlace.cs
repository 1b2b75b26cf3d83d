using Microsoft.AspNetCore.Connections;

namespace DurableChat.Server.Limits;

/// <summary>A connection among all that are open.</summary>
internal sealed class ConnectionPlace
{
    /// <summary>Makes one.</summary>
    public ConnectionPlace(ConnectionContext connection) =>
        (Connection, Idle) = (connection, new LinkedListNode<ConnectionPlace>(this));

    /// <summary>The connection.</summary>
    public ConnectionContext Connection { get; }

    /// <summary>
    /// Its node in the line of those without a request. Guarded by the lock of <see cref="ConnectionPlaces"/>.
    /// </summary>
    public LinkedListNode<ConnectionPlace> Idle { get; }

    /// <summary>How many requests it has. Guarded by the lock of <see cref="ConnectionPlaces"/>.</summary>
    public int Requests { get; set; }

    /// <summary>
    /// True once it has had an authenticated request. Guarded by the lock of <see cref="ConnectionPlaces"/>.
    /// </summary>
    public bool IsKnown { get; set; }

    /// <summary>True once it counts no more. Guarded by the lock of <see cref="ConnectionPlaces"/>.</summary>
    public bool IsGone { get; set; }
}
