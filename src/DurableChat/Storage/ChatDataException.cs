namespace DurableChat.Storage;

/// <summary>
/// The stored data of one chat cannot be read. Unlike other store errors, this one affects only that chat, and it is
/// permanent.
/// </summary>
public class ChatDataException : ChatStoreException
{
    /// <summary>Creates the exception with a message.</summary>
    public ChatDataException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    public ChatDataException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
