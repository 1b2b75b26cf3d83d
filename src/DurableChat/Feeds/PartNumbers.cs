namespace DurableChat.Feeds;

/// <summary>
/// The numbers of the parts of an answer in flight: runs of consecutive numbers. A worker that continues another's
/// answer starts a run. Not thread-safe.
/// </summary>
internal sealed class PartNumbers
{
    /// <summary>Each run with the last number before it. The first run has the numbers 1, 2, 3, …</summary>
    private readonly List<(long First, long After)> _runs = [(1, 0)];
    private long _reserved;

    /// <summary>The number of the newest part; 0 before the first.</summary>
    public long Last { get; private set; }

    /// <summary>The next part starts a run with this number, if it is above the last.</summary>
    public void Reserve(long first) => _reserved = first;

    /// <summary>Numbers the next part. True if it starts a run.</summary>
    public bool Take()
    {
        var startsRun = _reserved > Last + 1;
        if (startsRun)
        {
            _runs.Add((_reserved, Last));
        }

        Last = startsRun ? _reserved : Last + 1;
        _reserved = 0;
        return startsRun;
    }

    /// <summary>The last number in use that is at most <paramref name="seq"/>; 0 for none.</summary>
    public long Floor(long seq)
    {
        var end = Last;
        for (var i = _runs.Count - 1; i >= 0; i--)
        {
            if (seq >= _runs[i].First)
            {
                return Math.Min(seq, end);
            }

            end = _runs[i].After;
        }

        return 0;
    }

    /// <summary>The first number in use above <paramref name="seq"/>, which must be below the last.</summary>
    public long Next(long seq)
    {
        for (var i = _runs.Count - 1; i > 0; i--)
        {
            if (seq >= _runs[i].First)
            {
                return seq + 1;
            }

            if (seq >= _runs[i].After)
            {
                return _runs[i].First;
            }
        }

        return seq + 1;
    }

    /// <summary>Removes the numbers after one that is in use.</summary>
    public void CutAfter(long seq)
    {
        _runs.RemoveAll(run => run.First > Math.Max(seq, 1));
        Last = seq;
    }
}
