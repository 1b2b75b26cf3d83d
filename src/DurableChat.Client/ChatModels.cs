using System.Text.Json;
using System.Text.Json.Serialization;

namespace DurableChat.Client;

/// <summary>A chat with all that is not history.</summary>
public sealed record ChatInfo
{
    /// <summary>Which chat.</summary>
    public required string Id { get; init; }

    /// <summary>A name for people.</summary>
    public required string Title { get; init; }

    /// <summary>The name of the model that answers the next message, unless that names another.</summary>
    public required string Model { get; init; }

    /// <summary>
    /// How messages still to come are answered, unless they say otherwise; null for the model's own settings.
    /// </summary>
    public ChatSettings? Settings { get; init; }

    /// <summary>Where it stands: one of <see cref="ChatStatuses"/>.</summary>
    public required string Status { get; init; }

    /// <summary>True if it is put away.</summary>
    public bool Archived { get; init; }

    /// <summary>Rises with every change.</summary>
    public long Version { get; init; }

    /// <summary>Rises when history is rewritten.</summary>
    public long Epoch { get; init; }

    /// <summary>The newest message.</summary>
    public long LastMessageId { get; init; }

    /// <summary>What waits, its head first.</summary>
    public IReadOnlyList<QueuedMessage> Queue { get; init; } = [];

    /// <summary>Tool calls that have no result yet.</summary>
    public IReadOnlyList<ToolCall> PendingToolCalls { get; init; } = [];

    /// <summary>Why the last turn failed; null if it did not.</summary>
    public ChatError? Error { get; init; }

    /// <summary>
    /// What all its model calls have cost, failed and stopped ones included; null if no provider said.
    /// </summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>When it was created (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it changed last (UTC).</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>Where a chat can stand. Servers of a later version may know more.</summary>
public static class ChatStatuses
{
    /// <summary>It waits for a message.</summary>
    public const string Waiting = "waiting";

    /// <summary>A turn runs.</summary>
    public const string Running = "running";

    /// <summary>A turn is being stopped.</summary>
    public const string Interrupting = "interrupting";

    /// <summary>The turn waits for results of client-side tools.</summary>
    public const string RequiresAction = "requires_action";

    /// <summary>The last turn failed.</summary>
    public const string Error = "error";
}

/// <summary>A chat as it stands in a list.</summary>
/// <param name="Id">Which chat.</param>
/// <param name="Title">A name for people.</param>
/// <param name="Model">The name of the model that answers.</param>
/// <param name="Status">Where it stands: one of <see cref="ChatStatuses"/>.</param>
/// <param name="Archived">True if it is put away.</param>
/// <param name="Version">Drop one that is not newer than what you have.</param>
/// <param name="LastMessageId">The newest message.</param>
/// <param name="CreatedAt">When it was created (UTC).</param>
/// <param name="UpdatedAt">When it changed last (UTC).</param>
public sealed record ChatListEntry(string Id, string Title, string Model, string Status, bool Archived, long Version, long LastMessageId, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>A page of a list of chats.</summary>
/// <param name="Chats">The chats, those changed last first.</param>
/// <param name="NextCursor">To be handed back for the next page; null on the last one.</param>
public sealed record ChatListPage(IReadOnlyList<ChatListEntry> Chats, string? NextCursor);

/// <summary>A committed message.</summary>
/// <param name="Id">Its number in the chat.</param>
/// <param name="PreviousId">The message before it; 0 for the first.</param>
/// <param name="Role">Who speaks: <c>user</c>, <c>assistant</c> or <c>tool</c>.</param>
/// <param name="Parts">What is said, in order.</param>
/// <param name="Generation">The model call that made it; 0 for others.</param>
/// <param name="Model">The model that made it; of a user message the one that was to answer, null for the
/// chat's.</param>
/// <param name="FinishReason">Why an answer ends, e.g. <c>stop</c>; null for others.</param>
/// <param name="Usage">What an answer cost, if the provider told.</param>
/// <param name="CreatedAt">When it was committed (UTC).</param>
public sealed record HistoryMessage(
    long Id, long PreviousId, string Role, IReadOnlyList<MessagePart> Parts, long Generation, string? Model, string? FinishReason, TokenUsage? Usage, DateTimeOffset CreatedAt)
{
    /// <summary>Of a user message: how it is answered; null for the model's own settings.</summary>
    public ChatSettings? Settings { get; init; }

    /// <summary>
    /// Of a user message that waited in the queue: the number it had there (<see cref="QueuedMessage.Id"/>), also after
    /// edits. Null for one that was sent directly.
    /// </summary>
    public long? QueuedId { get; init; }

    /// <summary>All its text, joined, without reasoning and refusals.</summary>
    [JsonIgnore]
    public string Text => string.Concat(Parts.Where(part => part.Type == MessagePart.TextType).Select(part => part.Text));
}

/// <summary>A tool call that waits for its result.</summary>
/// <param name="CallId">Which call.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">Its arguments, one JSON object as text.</param>
public sealed record ToolCall(string CallId, string Name, string Arguments);

/// <summary>A page of a history.</summary>
/// <param name="Epoch">Pages of different epochs do not belong together.</param>
/// <param name="LastMessageId">The newest message of the chat.</param>
/// <param name="Messages">The messages, ids ascending.</param>
/// <param name="HasMore">True if there are more in the direction that was asked for.</param>
public sealed record HistoryPage(long Epoch, long LastMessageId, IReadOnlyList<HistoryMessage> Messages, bool HasMore);

/// <summary>A message that waits.</summary>
/// <param name="Id">Its number in the queue.</param>
/// <param name="Content">The text.</param>
/// <param name="Urgent">True if it interrupts.</param>
/// <param name="CreatedAt">When it was sent (UTC).</param>
public sealed record QueuedMessage(long Id, string Content, bool Urgent, DateTimeOffset CreatedAt)
{
    /// <summary>The model that is to answer it; null for the chat's.</summary>
    public string? Model { get; init; }

    /// <summary>How it is answered; null for the model's own settings.</summary>
    public ChatSettings? Settings { get; init; }
}

/// <summary>Why a turn failed.</summary>
/// <param name="Code">A stable word for programs.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Retryable">True if sending again may help.</param>
public sealed record ChatError(string Code, string Message, bool Retryable);

/// <summary>What a command did.</summary>
/// <param name="ChatId">To which chat.</param>
/// <param name="Version">The version it made.</param>
/// <param name="Status">The status after it.</param>
/// <param name="MessageId">The user message that is now in the history; null if there is none.</param>
/// <param name="QueuedId">The message that now waits; null if there is none.</param>
public sealed record CommandOutcome(string ChatId, long Version, string Status, long? MessageId = null, long? QueuedId = null);

/// <summary>A model of the server.</summary>
/// <param name="Name">What chats name it by.</param>
/// <param name="Description">What it is, for people.</param>
/// <param name="IsDefault">True for the model of chats that name none.</param>
public sealed record ModelInfo(string Name, string? Description, bool IsDefault)
{
    /// <summary>Which settings requests may choose for it; null if the server is of an older version.</summary>
    public AllowedSettings? Allow { get; init; }
}

/// <summary>A tool that runs in the client.</summary>
/// <param name="Name">Its name: 1 to 64 letters, digits, <c>_</c> or <c>-</c>.</param>
/// <param name="Description">What it does, for the model.</param>
/// <param name="Parameters">The JSON Schema of its arguments; null for none.</param>
public sealed record ClientTool(string Name, string? Description = null, JsonElement? Parameters = null);

/// <summary>The answer to a client-side tool call.</summary>
/// <param name="CallId">Which call.</param>
/// <param name="Result">Any JSON value.</param>
/// <param name="IsError">True if the tool failed.</param>
public sealed record ToolResult(string CallId, JsonElement Result, bool IsError = false);

/// <summary>What a chat begins with.</summary>
/// <param name="Content">The first message, or the next behind <see cref="History"/>. Null only if there is a history: the chat then waits for its next message.</param>
public sealed record NewChatRequest(string? Content = null)
{
    /// <summary>The name of the model; null for the server's default.</summary>
    public string? Model { get; init; }

    /// <summary>How its messages are answered, unless they say otherwise; null for the model's own settings.</summary>
    public ChatSettings? Settings { get; init; }

    /// <summary>How the first message is answered, and no other, upon the chat's settings; null for those.</summary>
    public ChatSettings? MessageSettings { get; init; }

    /// <summary>A name for people; null takes it from the message.</summary>
    public string? Title { get; init; }

    /// <summary>
    /// What was said elsewhere before, e.g. in a chat that was exported; null for nothing. It begins with the user, and every tool call has its result in a message of the role <c>tool</c> right behind it.
    /// At most 10,000 messages, and no more than the server takes in one request.
    /// </summary>
    public IReadOnlyList<HistoryEntry>? History { get; init; }

    /// <summary>Tools that run in the client.</summary>
    public IReadOnlyList<ClientTool>? ClientTools { get; init; }
}

/// <summary>What to do with a message that is sent while a turn runs.</summary>
public enum WhenBusy
{
    /// <summary>It waits for its turn.</summary>
    Queue,

    /// <summary>It stops the turn.</summary>
    Interrupt,
}
