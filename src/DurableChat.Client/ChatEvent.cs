namespace DurableChat.Client;

/// <summary>Something that happened to a chat, or to the list of chats. Immutable. Kinds of event that this version does not know are passed over.</summary>
public abstract record ChatEvent
{
    private protected ChatEvent()
    {
    }

    /// <summary>Which chat; empty for the whole list.</summary>
    public string ChatId { get => field ?? string.Empty; init; }

    /// <summary>How far whoever has seen this event has got, to be handed to <see cref="DurableChatClient.FollowAsync"/>; null for events that do not move the position.</summary>
    public string? Position { get; init; }
}

/// <summary>A message was committed. If its generation is that of the parts on screen, it takes their place.</summary>
/// <param name="Message">The message.</param>
public sealed record MessageEvent(HistoryMessage Message) : ChatEvent;

/// <summary>A piece of the answer in flight: add it to the screen.</summary>
/// <param name="Generation">Of which model call.</param>
/// <param name="FirstSeq">The number of the first part that is joined in it.</param>
/// <param name="Seq">The number of the last one.</param>
/// <param name="Part">The piece.</param>
public sealed record MessagePartEvent(long Generation, long FirstSeq, long Seq, MessagePart Part) : ChatEvent;

/// <summary>An event that tells a state of the chat, of which only the newest counts.</summary>
public abstract record StateEvent : ChatEvent
{
    private protected StateEvent()
    {
    }

    /// <summary>The version of the chat at which it became so.</summary>
    public long Version { get; init; }
}

/// <summary>Where the chat stands.</summary>
/// <param name="Status">One of <see cref="ChatStatuses"/>.</param>
/// <param name="Title">Its name.</param>
/// <param name="Model">The chat's model.</param>
/// <param name="Archived">True if it is put away.</param>
public sealed record StatusEvent(string Status, string Title, string Model, bool Archived) : StateEvent
{
    /// <summary>The model that answers the present turn in place of <see cref="Model"/>, which failed; null if none does.</summary>
    public string? FallbackModel { get; init; }

    /// <summary>How messages still to come are answered, unless they say otherwise; null for the model's own settings.</summary>
    public ChatSettings? Settings { get; init; }
}

/// <summary>What waits.</summary>
/// <param name="Queue">All of it, its head first.</param>
public sealed record QueueEvent(IReadOnlyList<QueuedMessage> Queue) : StateEvent;

/// <summary>An attempt failed, and another follows.</summary>
/// <param name="Attempt">Which attempt of its model failed.</param>
/// <param name="MaxAttempts">How many there are.</param>
/// <param name="RetryAt">When the next begins (UTC).</param>
/// <param name="Error">Why it failed.</param>
public sealed record RetryEvent(int Attempt, int MaxAttempts, DateTimeOffset RetryAt, ChatError Error) : StateEvent
{
    /// <summary>The model that answers from the next attempt on; null for the same as before.</summary>
    public string? Model { get; init; }
}

/// <summary>The turn failed.</summary>
/// <param name="Error">Why.</param>
public sealed record ErrorEvent(ChatError Error) : StateEvent;

/// <summary>The turn waits for results of client-side tools.</summary>
/// <param name="ToolCalls">Of these calls.</param>
public sealed record ActionRequiredEvent(IReadOnlyList<ToolCall> ToolCalls) : StateEvent;

/// <summary>What a tool that runs on the server says of its progress: replaces what it said before, until the result comes. It is not stored, and may be missing.</summary>
/// <param name="CallId">The call.</param>
/// <param name="Text">At most 1,000 characters.</param>
public sealed record ToolProgressEvent(string CallId, string Text) : ChatEvent;

/// <summary>History was rewritten: forget all messages and parts; the new history follows.</summary>
/// <param name="Epoch">The number of the new history.</param>
public sealed record HistoryResetEvent(long Epoch) : ChatEvent;

/// <summary>The answer in flight starts anew, or will not come: forget the parts on screen.</summary>
/// <param name="Generation">Of which model call.</param>
public sealed record PreviewResetEvent(long Generation) : ChatEvent;

/// <summary>The list of chats as it stands, its newest part, in place of what there was.</summary>
/// <param name="Chats">The chats.</param>
public sealed record ChatsEvent(IReadOnlyList<ChatListEntry> Chats) : ChatEvent;

/// <summary>A chat of the list is new or has changed.</summary>
/// <param name="Chat">The chat.</param>
public sealed record ChatChangedEvent(ChatListEntry Chat) : ChatEvent;

/// <summary>A chat of the list is gone.</summary>
public sealed record ChatDeletedEvent : ChatEvent;
