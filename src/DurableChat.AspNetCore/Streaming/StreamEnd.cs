namespace DurableChat.AspNetCore.Streaming;

/// <summary>Why a stream has nothing more to send.</summary>
internal enum StreamEnd
{
    /// <summary>The source has ended: the chat is gone.</summary>
    Gone,

    /// <summary>The sink has sent all that it was to send.</summary>
    Complete,

    /// <summary>The database could not be read.</summary>
    StorageUnavailable,
}
