namespace DurableChat.Feeds;

/// <summary>The kinds of event on a stream. Their snake_case names are the wire's.</summary>
public enum StreamEventType
{
    /// <summary>A committed message.</summary>
    Message,

    /// <summary>A piece of the answer in flight.</summary>
    MessagePart,

    /// <summary>The chat's status, title, model or archived flag.</summary>
    Status,

    /// <summary>The whole queue.</summary>
    QueueUpdate,

    /// <summary>History was rewritten: forget all messages and parts; the new history follows.</summary>
    HistoryReset,

    /// <summary>The answer in flight starts anew, or will not come: forget its parts.</summary>
    PreviewReset,

    /// <summary>An attempt failed; another follows.</summary>
    Retry,

    /// <summary>The turn failed.</summary>
    Error,

    /// <summary>The turn waits for results of client-side tools.</summary>
    ActionRequired,

    /// <summary>
    /// The owner's list of chats as it stands, its newest part: replaces what the client has. Only on the watch stream.
    /// </summary>
    Chats,

    /// <summary>A chat of the list is new or has changed. Only on the watch stream.</summary>
    Chat,

    /// <summary>A chat of the list is gone. Only on the watch stream.</summary>
    ChatDeleted,

    /// <summary>What a running tool says of its progress. It is not stored, and has no position.</summary>
    ToolProgress,
}
