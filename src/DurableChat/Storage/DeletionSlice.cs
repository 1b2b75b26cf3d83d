namespace DurableChat.Storage;

/// <summary>
/// How much of a deleted chat one transaction removes. The slice is small, so that commits to other chats hardly wait
/// for it.
/// </summary>
public static class DeletionSlice
{
    /// <summary>The maximum number of rows of each kind.</summary>
    public const int Rows = 500;

    /// <summary>
    /// The size of removed messages, in bytes, at which the slice ends. The first message is removed whatever its size.
    /// </summary>
    public const long Bytes = 4 * 1024 * 1024;
}
