namespace DurableChat.AspNetCore;

/// <summary>
/// Makes a subscriber that always finds something to send let others go on now and then: those who wait for a feed are woken one after the other on the same thread. Used by one caller at a time.
/// </summary>
internal struct Turns
{
    /// <summary>How often it may find something at once.</summary>
    private const int Most = 4;

    private int _inARow;

    /// <summary>Takes note of whether the source had something at once.</summary>
    public void Count(bool hadAtOnce) => _inARow = hadAtOnce ? _inARow + 1 : 0;

    /// <summary>True if others should go on first.</summary>
    public bool IsOver()
    {
        var isOver = _inARow >= Most;
        _inARow = isOver ? 0 : _inARow;
        return isOver;
    }
}
