namespace DurableChat.Storage;

/// <summary>
/// The store is temporarily unavailable, or cannot work with this database. The message is for operators, not for
/// clients.
/// </summary>
public class ChatStoreException : Exception
{
    /// <summary>Creates the exception with a message.</summary>
    public ChatStoreException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    public ChatStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
