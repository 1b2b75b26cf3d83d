namespace DurableChat.Storage;

/// <summary>How much of a deleted chat one transaction removes: so little that commits to other chats hardly wait for it.</summary>
public static class DeletionSlice
{
    /// <summary>How many rows of a kind at most.</summary>
    public const int Rows = 500;

    /// <summary>How many bytes of messages, from which on no further one is removed; the first goes whatever its size.</summary>
    public const long Bytes = 4 * 1024 * 1024;
}
