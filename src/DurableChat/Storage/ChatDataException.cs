namespace DurableChat.Storage;

/// <summary>What is stored of one chat cannot be read. Unlike other faults of the store it concerns that chat alone, and does not pass with time.</summary>
public class ChatDataException : ChatStoreException
{
    /// <summary>Makes one with a message.</summary>
    public ChatDataException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and what caused it.</summary>
    public ChatDataException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
