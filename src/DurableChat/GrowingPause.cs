namespace DurableChat;

/// <summary>
/// The pause between the tries of a loop. It doubles from try to try up to a limit, and starts again after a success.
/// Not thread-safe.
/// </summary>
/// <remarks>
/// The loops that use it run until they are stopped, and decide themselves what counts as a success: e.g. a relay that
/// was open for a while. So it has no limit of tries, and it does not run the tries. For a call that is tried a few
/// times, use a Polly pipeline.
/// </remarks>
internal sealed class GrowingPause(TimeSpan first, TimeSpan longest)
{
    private TimeSpan? _grown;

    /// <summary>How long to wait before the next try.</summary>
    public TimeSpan Current => _grown ?? first;

    /// <summary>Doubles the pause.</summary>
    public void Grow() => _grown = Current * 2 < longest ? Current * 2 : longest;

    /// <summary>Returns to the first pause.</summary>
    public void Reset() => _grown = null;

    /// <summary>The pause after a number of failures in a row, from 1.</summary>
    public static TimeSpan After(int failures, TimeSpan first, TimeSpan longest)
    {
        var pause = new GrowingPause(first, longest);
        for (; failures > 1 && pause.Current < longest; failures--)
        {
            pause.Grow();
        }

        return pause.Current < longest ? pause.Current : longest;
    }
}
