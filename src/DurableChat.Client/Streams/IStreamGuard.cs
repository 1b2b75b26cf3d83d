namespace DurableChat.Client.Streams;

/// <summary>Decides what of a stream is passed on, and knows from where to go on. For one stream; not thread-safe.</summary>
internal interface IStreamGuard
{
    /// <summary>What the next connection asks for, as the query of the address; empty for the beginning.</summary>
    string Query { get; }

    /// <summary>The position that the next connection goes on behind; null for none.</summary>
    string? Position { get; }

    /// <summary>A new connection begins.</summary>
    void BeginConnection();

    /// <summary>Puts what is to be passed on into a list, which is empty if the event has been before; false if something is missing before it, so that only another connection helps.</summary>
    bool TryTake(ChatEvent next, List<ChatEvent> passed);
}
