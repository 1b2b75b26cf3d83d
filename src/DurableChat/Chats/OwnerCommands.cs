namespace DurableChat.Chats;

/// <summary>Says something: runs at once if the chat is idle, else waits or interrupts.</summary>
/// <param name="Content">The text.</param>
/// <param name="BusyBehavior">What to do while a turn runs.</param>
public sealed record SendMessage(string Content, BusyBehavior BusyBehavior = BusyBehavior.Queue) : TurnCommand
{
    /// <summary>The model that is to answer it; null for the chat's.</summary>
    public string? Model { get; init; }

    /// <summary>
    /// How it is to be answered; what is null is the chat's. <see cref="ChatService"/> checks it and completes it by
    /// the chat's settings; rules store it as it is.
    /// </summary>
    public GenerationSettings? Settings { get; init; }

    /// <summary>
    /// True if the message does not wait while the chat waits for client-side tools: their calls are cancelled and it runs. For clients that do not answer a call once their user has said something else.
    /// </summary>
    public bool CancelsToolCalls { get; init; }
}

/// <summary>Replaces a user message: it and all that followed is removed, the new text is appended, and a new turn runs.</summary>
/// <param name="Target">The message, as read at the epoch of the chat; null if the history has no such message.</param>
/// <param name="Content">The new text.</param>
public sealed record EditMessage(Message? Target, string Content) : TurnCommand
{
    /// <summary>The model that is to answer it; null for the chat's.</summary>
    public string? Model { get; init; }

    /// <summary>How it is to be answered, as <see cref="SendMessage.Settings"/>.</summary>
    public GenerationSettings? Settings { get; init; }
}

/// <summary>Takes a message out of the queue.</summary>
/// <param name="QueuedId">Which one.</param>
public sealed record DeleteQueued(long QueuedId) : ChatCommand;

/// <summary>Runs a queued message next: at once if the chat is idle, else by interrupting the turn.</summary>
/// <param name="QueuedId">Which one.</param>
public sealed record PromoteQueued(long QueuedId) : TurnCommand;

/// <summary>Stops the turn. What was answered so far is kept; the queue goes on.</summary>
public sealed record Interrupt : TurnCommand;

/// <summary>Answers client-side tool calls, all or some of those that are pending.</summary>
/// <param name="Results">The answers.</param>
public sealed record SubmitToolResults(IReadOnlyList<ToolResultPart> Results) : TurnCommand;

/// <summary>
/// Renames a chat, puts it away or brings it back. The turn of a chat that is put away ends as usual, and its queue rests: the next message runs when the chat is brought back.
/// </summary>
/// <param name="Title">The new name; null leaves it.</param>
/// <param name="Archived">True puts the chat away, false brings it back; null leaves it.</param>
public sealed record UpdateChat(string? Title = null, bool? Archived = null) : TurnCommand
{
    /// <summary>The model of messages still to come; null leaves it.</summary>
    public string? Model { get; init; }

    /// <summary>How messages still to come are answered, in place of all that the chat had; null leaves it.</summary>
    public GenerationSettings? Settings { get; init; }
}

/// <summary>
/// A command that cannot be, found out where it was made: e.g. it asks for what the model does not allow.
/// </summary>
/// <param name="Refusal">Why.</param>
internal sealed record ImpossibleCommand(Refusal Refusal) : ChatCommand;
