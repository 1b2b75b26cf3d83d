namespace DurableChat.Bench.Load;

/// <summary>How many of a chat's events have reached all of its subscribers. Written by one thread.</summary>
internal sealed class Progress(int subscribers)
{
    /// <summary>How far the first subscriber may be ahead of the last.</summary>
    public const int MaxSpread = 1 << 20;

    private readonly int[] _reached = new int[MaxSpread];
    private long _complete;

    /// <summary>How many have reached all.</summary>
    public long Complete => Volatile.Read(ref _complete);

    /// <summary>Says that an event, counted from 1, has reached one more subscriber.</summary>
    public void Add(long number)
    {
        _reached[number % MaxSpread]++;
        while (_reached[(_complete + 1) % MaxSpread] == subscribers)
        {
            Volatile.Write(ref _complete, _complete + 1);
            _reached[_complete % MaxSpread] = 0;
        }
    }
}
