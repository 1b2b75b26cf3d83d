namespace DurableChat.Client;

/// <summary>An event of a chat or of the list of chats. Immutable. Events of unknown kinds are ignored.</summary>
public abstract record ChatEvent
{
    private protected ChatEvent()
    {
    }

    /// <summary>The id of the chat. Empty for events of the whole list.</summary>
    public string ChatId { get => field ?? string.Empty; init; }

    /// <summary>
    /// The position after this event, for <see cref="DurableChatClient.FollowAsync"/>. Null for events that do not
    /// change the position.
    /// </summary>
    public string? Position { get; init; }
}

/// <summary>A message was committed. If its generation is that of the displayed parts, it replaces them.</summary>
/// <param name="Message">The message.</param>
public sealed record MessageEvent(HistoryMessage Message) : ChatEvent;

/// <summary>A piece of the answer in flight. Append it to the displayed parts.</summary>
/// <param name="Generation">The generation of the answer.</param>
/// <param name="FirstSeq">The number of the first part in this piece.</param>
/// <param name="Seq">The number of the last part in this piece.</param>
/// <param name="Part">The piece.</param>
public sealed record MessagePartEvent(long Generation, long FirstSeq, long Seq, MessagePart Part) : ChatEvent;

/// <summary>An event that shows the chat's state. Only the newest of each kind counts.</summary>
public abstract record StateEvent : ChatEvent
{
    private protected StateEvent()
    {
    }

    /// <summary>The version of the chat that changed this state.</summary>
    public long Version { get; init; }
}

/// <summary>The status of the chat.</summary>
/// <param name="Status">One of <see cref="ChatStatuses"/>.</param>
/// <param name="Title">The title.</param>
/// <param name="Model">The chat's model.</param>
/// <param name="Archived">True if the chat is archived.</param>
public sealed record StatusEvent(string Status, string Title, string Model, bool Archived) : StateEvent
{
    /// <summary>
    /// The fallback model that answers the current turn because <see cref="Model"/> failed. Null if there is none.
    /// </summary>
    public string? FallbackModel { get; init; }

    /// <summary>
    /// The settings for future messages that do not set their own. Null for the model's own settings.
    /// </summary>
    public ChatSettings? Settings { get; init; }
}

/// <summary>The queue.</summary>
/// <param name="Queue">All queued messages, starting with the one that runs next.</param>
public sealed record QueueEvent(IReadOnlyList<QueuedMessage> Queue) : StateEvent;

/// <summary>An attempt failed, and another follows.</summary>
/// <param name="Attempt">The number of the failed attempt of its model.</param>
/// <param name="MaxAttempts">The maximum number of attempts.</param>
/// <param name="RetryAt">When the next attempt starts (UTC).</param>
/// <param name="Error">Why the attempt failed.</param>
public sealed record RetryEvent(int Attempt, int MaxAttempts, DateTimeOffset RetryAt, ChatError Error) : StateEvent
{
    /// <summary>The model that answers from the next attempt. Null for the same model.</summary>
    public string? Model { get; init; }
}

/// <summary>The turn failed.</summary>
/// <param name="Error">Why it failed.</param>
public sealed record ErrorEvent(ChatError Error) : StateEvent;

/// <summary>The turn waits for results of client-side tools.</summary>
/// <param name="ToolCalls">The pending calls.</param>
public sealed record ActionRequiredEvent(IReadOnlyList<ToolCall> ToolCalls) : StateEvent;

/// <summary>
/// The progress that a server-side tool reports. It replaces the call's previous progress until the result arrives. It
/// is not stored, and may be missing.
/// </summary>
/// <param name="CallId">The id of the call.</param>
/// <param name="Text">The text, at most 1,000 characters.</param>
public sealed record ToolProgressEvent(string CallId, string Text) : ChatEvent;

/// <summary>The history was rewritten. Remove all messages and parts. The new history follows.</summary>
/// <param name="Epoch">The epoch of the new history.</param>
public sealed record HistoryResetEvent(long Epoch) : ChatEvent;

/// <summary>The answer in flight restarts, or will not complete. Remove the displayed parts.</summary>
/// <param name="Generation">The generation of the answer.</param>
public sealed record PreviewResetEvent(long Generation) : ChatEvent;

/// <summary>The newest part of the list of chats. It replaces the previous list.</summary>
/// <param name="Chats">The chats.</param>
public sealed record ChatsEvent(IReadOnlyList<ChatListEntry> Chats) : ChatEvent;

/// <summary>A chat in the list was created or has changed.</summary>
/// <param name="Chat">The chat.</param>
public sealed record ChatChangedEvent(ChatListEntry Chat) : ChatEvent;

/// <summary>A chat in the list was deleted.</summary>
public sealed record ChatDeletedEvent : ChatEvent;
