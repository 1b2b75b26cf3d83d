namespace DurableChat.Notifications;

/// <summary>
/// Limits how many unauthenticated notifications are used as hints, because each may cost a read and anyone can send
/// them. The comparison of versions finds the changes that the limit drops. Used by one caller at a time.
/// </summary>
internal sealed class HintBudget(TimeProvider time)
{
    /// <summary>The maximum burst.</summary>
    public const int Most = 200;

    private const int PerSecond = 50;

    private double _left = Most;
    private long _at = time.GetTimestamp();

    /// <summary>Takes one from the budget. False if it is used up.</summary>
    public bool TryTake()
    {
        var now = time.GetTimestamp();
        _left = Math.Min(Most, _left + (time.GetElapsedTime(_at, now).TotalSeconds * PerSecond));
        _at = now;
        if (_left < 1)
        {
            return false;
        }

        _left--;
        return true;
    }
}
