namespace DurableChat.Storage;

/// <summary>The store cannot do its work just now, or not with this database. The message is fit for an operator, not for a client.</summary>
public class ChatStoreException : Exception
{
    /// <summary>Makes one with a message.</summary>
    public ChatStoreException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and what caused it.</summary>
    public ChatStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
