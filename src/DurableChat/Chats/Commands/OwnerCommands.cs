namespace DurableChat.Chats;

/// <summary>Sends a message. It runs immediately if the chat is idle. Otherwise it waits or interrupts.</summary>
/// <param name="Content">The text.</param>
/// <param name="BusyBehavior">What happens if a turn is running.</param>
public sealed record SendMessage(string Content, BusyBehavior BusyBehavior = BusyBehavior.Queue) : TurnCommand
{
    /// <summary>The model that answers the message. Null for the chat's model.</summary>
    public string? Model { get; init; }

    /// <summary>
    /// The settings of the answer. The chat's settings apply to whatever is null. <see cref="ChatService"/> validates
    /// them and fills them in from the chat's settings. The rules store them unchanged.
    /// </summary>
    public GenerationSettings? Settings { get; init; }

    /// <summary>
    /// True if the message runs even while the chat waits for client-side tools. The pending calls are then cancelled.
    /// For clients that stop answering calls once their user has sent another message.
    /// </summary>
    public bool CancelsToolCalls { get; init; }
}

/// <summary>
/// Replaces a user message. The message and everything after it are removed, the new text is appended, and a new turn
/// runs.
/// </summary>
/// <param name="Target">
/// The message, as read at the chat's current epoch. Null if the history has no such message.
/// </param>
/// <param name="Content">The new text.</param>
public sealed record EditMessage(Message? Target, string Content) : TurnCommand
{
    /// <summary>The model that answers the message. Null for the chat's model.</summary>
    public string? Model { get; init; }

    /// <summary>The settings of the answer. See <see cref="SendMessage.Settings"/>.</summary>
    public GenerationSettings? Settings { get; init; }
}

/// <summary>Removes a message from the queue.</summary>
/// <param name="QueuedId">The id of the queued message.</param>
public sealed record DeleteQueued(long QueuedId) : ChatCommand;

/// <summary>Runs a queued message next: immediately if the chat is idle, otherwise by interrupting the turn.</summary>
/// <param name="QueuedId">The id of the queued message.</param>
public sealed record PromoteQueued(long QueuedId) : TurnCommand;

/// <summary>Stops the turn. The partial answer is kept, and the queue continues.</summary>
public sealed record Interrupt : TurnCommand;

/// <summary>Submits the results of some or all pending client-side tool calls.</summary>
/// <param name="Results">The results.</param>
public sealed record SubmitToolResults(IReadOnlyList<ToolResultPart> Results) : TurnCommand;

/// <summary>
/// Renames, archives or unarchives a chat. When a chat is archived, its turn ends normally and its queue pauses. The
/// next message runs when the chat is unarchived.
/// </summary>
/// <param name="Title">The new title. Null keeps it.</param>
/// <param name="Archived">True archives the chat, false unarchives it. Null keeps it as it is.</param>
public sealed record UpdateChat(string? Title = null, bool? Archived = null) : TurnCommand
{
    /// <summary>The model for future messages. Null keeps it.</summary>
    public string? Model { get; init; }

    /// <summary>The settings for future messages. They replace all settings of the chat. Null keeps them.</summary>
    public GenerationSettings? Settings { get; init; }
}

/// <summary>
/// A command that was found to be invalid when it was made, for example because it asks for a setting that the model
/// does not allow.
/// </summary>
/// <param name="Refusal">Why the command is invalid.</param>
internal sealed record ImpossibleCommand(Refusal Refusal) : ChatCommand;
