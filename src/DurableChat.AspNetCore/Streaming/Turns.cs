namespace DurableChat.AspNetCore.Streaming;

/// <summary>
/// Makes a subscriber that always has something to send yield from time to time: the waiters of a feed are woken one
/// after another on the same thread. Used by one caller at a time.
/// </summary>
internal struct Turns
{
    /// <summary>How many times in a row it may find something ready.</summary>
    private const int Most = 4;

    private int _inARow;

    /// <summary>Records whether the source had something ready.</summary>
    public void Count(bool hadAtOnce) => _inARow = hadAtOnce ? _inARow + 1 : 0;

    /// <summary>True if the subscriber must yield.</summary>
    public bool IsOver()
    {
        var isOver = _inARow >= Most;
        _inARow = isOver ? 0 : _inARow;
        return isOver;
    }
}
