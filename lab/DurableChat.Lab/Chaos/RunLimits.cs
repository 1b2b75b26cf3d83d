using DurableChat.ScaleTest.Running;

namespace DurableChat.Lab.Chaos;

/// <summary>How long things may take in a run, in seconds, as its replicas are configured.</summary>
internal sealed record RunLimits
{
    /// <summary>The longest that a lost notification delays news: the sync interval with its patience.</summary>
    public double Sync { get; init; } = (TestBed.SyncUnderFaults + TestBed.SyncPatienceUnderFaults).TotalSeconds;

    /// <summary>How long a lease lives without a heartbeat.</summary>
    public double Lease { get; init; } = TestBed.LeaseUnderFaults.TotalSeconds;

    /// <summary>How often a replica looks for chats without a driver.</summary>
    public double Takeover { get; init; } = TestBed.ReconcileUnderFaults.TotalSeconds;

    /// <summary>The longest wait before a failed model call is repeated.</summary>
    public double Retry { get; init; } = 2;

    /// <summary>
    /// The longest that a replica waits before it tries a commit again, which it may begin just before a stall ends.
    /// </summary>
    public double Recovery { get; init; } = 5;

    /// <summary>How long a chat that needs a driver may be without one, where nothing else excuses it.</summary>
    public double Driverless => 2 * Sync;
}
