namespace DurableChat.AspNetCore.Bodies;

/// <summary>
/// Memory for large bodies, in pieces of one length. Bodies that follow each other use the same pieces, because large
/// arrays that are dropped stay in memory until the next full collection. When the last is given back, some are kept.
/// The rest is left to the collector, and used again as long as it has not come. Thread-safe.
/// </summary>
internal sealed class BodyPieces
{
    /// <summary>The length of a piece.</summary>
    public const int Bytes = 256 * 1024;

    /// <summary>How many are kept while no large body is under way.</summary>
    public const int MostIdle = 32;

    private readonly Lock _gate = new();
    private readonly Stack<byte[]> _idle = new();
    private readonly List<WeakReference<byte[]>> _left = [];
    private int _lent;

    /// <summary>Those of this process.</summary>
    public static BodyPieces Shared { get; } = new();

    /// <summary>How many wait to be used again.</summary>
    public int Idle
    {
        get
        {
            lock (_gate)
            {
                return _idle.Count;
            }
        }
    }

    /// <summary>Lends one. What is in it is left from others.</summary>
    public byte[] Rent()
    {
        lock (_gate)
        {
            _lent++;
            if (_idle.TryPop(out var piece))
            {
                return piece;
            }

            while (_left.Count > 0)
            {
                var left = _left[^1];
                _left.RemoveAt(_left.Count - 1);
                if (left.TryGetTarget(out piece))
                {
                    return piece;
                }
            }
        }

        return GC.AllocateUninitializedArray<byte>(Bytes);
    }

    /// <summary>Takes one back.</summary>
    public void Return(byte[] piece)
    {
        lock (_gate)
        {
            _idle.Push(piece);
            if (--_lent > 0 || _idle.Count <= MostIdle)
            {
                return;
            }

            _left.RemoveAll(left => !left.TryGetTarget(out _));
            while (_idle.Count > MostIdle)
            {
                _left.Add(new WeakReference<byte[]>(_idle.Pop()));
            }

            _idle.TrimExcess();
        }
    }
}
