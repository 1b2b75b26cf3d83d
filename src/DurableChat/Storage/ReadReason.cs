namespace DurableChat.Storage;

/// <summary>
/// What a read of messages is for: the labels <c>reason</c> and <c>route</c> of the metric that counts reads.
/// </summary>
public enum ReadReason
{
    /// <summary>The first messages of a stream that has just connected.</summary>
    Initial,

    /// <summary>A stream's cursor is behind, and the window cannot bring it to the head.</summary>
    CatchUp,

    /// <summary>Like CatchUp, for messages that another replica has committed.</summary>
    RemoteCatchUp,

    /// <summary>
    /// The history was rewritten during an open stream, and the window does not hold all remaining messages.
    /// </summary>
    FullRefresh,

    /// <summary>A worker needs the history for the model.</summary>
    Worker,

    /// <summary>A client requested a page of the history.</summary>
    History,

    /// <summary>An edit needs the message that it replaces.</summary>
    Edit,
}
