namespace DurableChat.Workers;

/// <summary>How far this replica's shutdown has come. Thread-safe.</summary>
internal sealed class WorkerStop
{
    private volatile bool _hasBegun;
    private volatile bool _isDue;

    /// <summary>True once the replica is asked to stop. Runs whose answers are kept are handed over at once.</summary>
    public bool HasBegun
    {
        get => _hasBegun;
        set => _hasBegun = value;
    }

    /// <summary>True once the drain time is over. All runs are handed over.</summary>
    public bool IsDue
    {
        get => _isDue;
        set => _isDue = value;
    }
}
