using System.Runtime.CompilerServices;

namespace DurableChat.Workers;

/// <summary>The heartbeat of this replica, as far as the store has confirmed it. Thread-safe.</summary>
internal sealed class WorkerPulse(WorkerOptions options, TimeProvider time)
{
    /// <summary>
    /// When the last confirmed heartbeat was sent. Null before the first, which is sent before anything else.
    /// </summary>
    private StrongBox<long>? _heartbeat;

    /// <summary>The name under which this replica holds leases.</summary>
    public string Replica => options.Replica;

    /// <summary>
    /// True if other replicas cannot consider this one dead before its next heartbeat. If false, it takes no leases: it
    /// may already look dead to others, which would take each lease away as soon as it is granted.
    /// </summary>
    public bool IsFresh =>
        Volatile.Read(ref _heartbeat) is not { } sent || time.GetElapsedTime(sent.Value) <= options.LeaseDuration / 2;

    /// <summary>Records that a heartbeat has arrived.</summary>
    /// <param name="sent">When it was sent, as a timestamp: it may have arrived at that moment.</param>
    public void NoteHeartbeat(long sent) => Volatile.Write(ref _heartbeat, new StrongBox<long>(sent));
}
