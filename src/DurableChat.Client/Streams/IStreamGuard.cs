namespace DurableChat.Client.Streams;

/// <summary>
/// Decides which events of a stream are passed on, and where to resume. For one stream. Not thread-safe.
/// </summary>
internal interface IStreamGuard
{
    /// <summary>The query string for the next connection. Empty for the beginning.</summary>
    string Query { get; }

    /// <summary>The position after which the next connection resumes. Null for none.</summary>
    string? Position { get; }

    /// <summary>A new connection has started.</summary>
    void BeginConnection();

    /// <summary>
    /// Adds the events to pass on to a list. It adds none if the event is a repetition. False if an event before it is
    /// missing, so that a new connection is needed.
    /// </summary>
    bool TryTake(ChatEvent next, List<ChatEvent> passed);
}
