namespace DurableChat.Recorder.Ledgers;

/// <summary>A step of a conversation: the epoch of its history, and the last message before the answer.</summary>
/// <param name="Epoch">Rises when history is rewritten.</param>
/// <param name="Head">Rises with each message.</param>
internal readonly record struct Position(long Epoch, long Head) : IComparable<Position>
{
    /// <inheritdoc/>
    public int CompareTo(Position other) =>
        Epoch != other.Epoch ? Epoch.CompareTo(other.Epoch) : Head.CompareTo(other.Head);
}
