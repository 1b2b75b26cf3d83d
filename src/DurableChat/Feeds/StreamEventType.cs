namespace DurableChat.Feeds;

/// <summary>The kinds of event on a stream. Their snake_case names are used on the wire.</summary>
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

    /// <summary>The history was rewritten. Remove all messages and parts. The new history follows.</summary>
    HistoryReset,

    /// <summary>The answer in flight restarts, or will not complete. Remove its parts.</summary>
    PreviewReset,

    /// <summary>An attempt failed, and another follows.</summary>
    Retry,

    /// <summary>The turn failed.</summary>
    Error,

    /// <summary>The turn waits for results of client-side tools.</summary>
    ActionRequired,

    /// <summary>
    /// The newest part of the owner's list of chats. It replaces the client's list. Only on the watch stream.
    /// </summary>
    Chats,

    /// <summary>A chat in the list was created or has changed. Only on the watch stream.</summary>
    Chat,

    /// <summary>A chat in the list was deleted. Only on the watch stream.</summary>
    ChatDeleted,

    /// <summary>The progress of a running tool. It is not stored, and has no position.</summary>
    ToolProgress,
}
