namespace DurableChat.Notifications;

/// <summary>
/// How many hints of unknown senders are listened to: each may cost a read, and anybody can send them. What is left
/// out is found by comparing versions. Used by one caller at a time.
/// </summary>
internal sealed class HintBudget(TimeProvider time)
{
    /// <summary>How many may come at once.</summary>
    public const int Most = 200;

    private const int PerSecond = 50;

    private double _left = Most;
    private long _at = time.GetTimestamp();

    /// <summary>Takes one; false if too many have come.</summary>
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
