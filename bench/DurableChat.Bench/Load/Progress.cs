namespace DurableChat.Bench.Load;

/// <summary>How many of a chat's events have reached all of its subscribers. For one thread.</summary>
internal sealed class Progress(int subscribers)
{
    /// <summary>How far the first subscriber may be ahead of the last.</summary>
    public const int MaxSpread = 1 << 20;

    private readonly int[] _reached = new int[MaxSpread];

    /// <summary>How many have reached all.</summary>
    public long Complete { get; private set; }

    /// <summary>Says that an event, counted from 1, has reached one more subscriber.</summary>
    public void Add(long number)
    {
        _reached[number % MaxSpread]++;
        while (_reached[(Complete + 1) % MaxSpread] == subscribers)
        {
            Complete++;
            _reached[Complete % MaxSpread] = 0;
        }
    }
}
