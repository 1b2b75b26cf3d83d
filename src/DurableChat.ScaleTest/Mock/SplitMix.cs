namespace DurableChat.ScaleTest.Mock;

/// <summary>
/// The SplitMix64 generator (Steele, Lea and Flood 2014): one addition and three mixing steps a number, the same on
/// every platform and version, which <see cref="Random"/> does not promise. Not for secrets.
/// </summary>
internal struct SplitMix(ulong seed)
{
    private ulong _state = seed;

    public ulong NextBits()
    {
        _state += 0x9E3779B97F4A7C15;
        var bits = _state;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }

    /// <summary>A number from 0 up to, and without, 1.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number from 0 up to, and without, <paramref name="limit"/>.</summary>
    public int Next(int limit) => (int)Math.BigMul(NextBits(), (ulong)limit, out _);
}
