namespace DurableChat.ScaleTest.Checking;

/// <summary>All violations, counted; the first are kept whole. Thread-safe.</summary>
internal sealed class ViolationLog
{
    private const int MaxKept = 100;
    private readonly Lock _lock = new();
    private readonly Dictionary<ViolationKind, long> _counts = [];
    private readonly List<Violation> _first = [];

    /// <summary>How many there are.</summary>
    public long Total
    {
        get
        {
            lock (_lock)
            {
                return _counts.Values.Sum();
            }
        }
    }

    /// <summary>The first ones.</summary>
    public IReadOnlyList<Violation> First
    {
        get
        {
            lock (_lock)
            {
                return [.. _first];
            }
        }
    }

    public void Add(Violation violation)
    {
        lock (_lock)
        {
            _counts[violation.Kind] = _counts.GetValueOrDefault(violation.Kind) + 1;
            if (_first.Count < MaxKept)
            {
                _first.Add(violation);
            }
        }
    }

    public long Count(ViolationKind kind)
    {
        lock (_lock)
        {
            return _counts.GetValueOrDefault(kind);
        }
    }
}
