using System.Text.Json;
using System.Text.Json.Serialization;

namespace DurableChat.Client;

/// <summary>A chat without its history.</summary>
public sealed record ChatInfo
{
    /// <summary>The id of the chat.</summary>
    public required string Id { get; init; }

    /// <summary>The display name.</summary>
    public required string Title { get; init; }

    /// <summary>The model that answers the next message, unless the message names another.</summary>
    public required string Model { get; init; }

    /// <summary>
    /// The settings for future messages that do not set their own. Null for the model's own settings.
    /// </summary>
    public ChatSettings? Settings { get; init; }

    /// <summary>What the chat is doing: one of <see cref="ChatStatuses"/>.</summary>
    public required string Status { get; init; }

    /// <summary>True if the chat is archived.</summary>
    public bool Archived { get; init; }

    /// <summary>The version. It rises with every change.</summary>
    public long Version { get; init; }

    /// <summary>The history epoch. It rises when the history is rewritten.</summary>
    public long Epoch { get; init; }

    /// <summary>The id of the newest message.</summary>
    public long LastMessageId { get; init; }

    /// <summary>The queue, starting with the message that runs next.</summary>
    public IReadOnlyList<QueuedMessage> Queue { get; init; } = [];

    /// <summary>Tool calls that have no result yet.</summary>
    public IReadOnlyList<ToolCall> PendingToolCalls { get; init; } = [];

    /// <summary>Why the last turn failed. Null if it did not fail.</summary>
    public ChatError? Error { get; init; }

    /// <summary>
    /// The total cost of the chat's model calls, including failed and stopped calls. Null if no provider reported any.
    /// </summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>When the chat was created (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the chat last changed (UTC).</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>The statuses of a chat. Later server versions may have more.</summary>
public static class ChatStatuses
{
    /// <summary>The chat waits for a message.</summary>
    public const string Waiting = "waiting";

    /// <summary>A turn is running.</summary>
    public const string Running = "running";

    /// <summary>A turn is being stopped.</summary>
    public const string Interrupting = "interrupting";

    /// <summary>The turn waits for results of client-side tools.</summary>
    public const string RequiresAction = "requires_action";

    /// <summary>The last turn failed.</summary>
    public const string Error = "error";
}

/// <summary>A chat in a list.</summary>
/// <param name="Id">The id of the chat.</param>
/// <param name="Title">The display name.</param>
/// <param name="Model">The name of the model that answers.</param>
/// <param name="Status">What the chat is doing: one of <see cref="ChatStatuses"/>.</param>
/// <param name="Archived">True if the chat is archived.</param>
/// <param name="Version">The version. Drop an entry that is not newer than yours.</param>
/// <param name="LastMessageId">The id of the newest message.</param>
/// <param name="CreatedAt">When the chat was created (UTC).</param>
/// <param name="UpdatedAt">When the chat last changed (UTC).</param>
public sealed record ChatListEntry(string Id, string Title, string Model, string Status, bool Archived, long Version, long LastMessageId, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>A page of a list of chats.</summary>
/// <param name="Chats">The chats, most recently changed first.</param>
/// <param name="NextCursor">The cursor for the next page. Null on the last page.</param>
public sealed record ChatListPage(IReadOnlyList<ChatListEntry> Chats, string? NextCursor);

/// <summary>A committed message.</summary>
/// <param name="Id">The number of the message in its chat.</param>
/// <param name="PreviousId">The id of the preceding message. 0 for the first.</param>
/// <param name="Role">Who speaks: <c>user</c>, <c>assistant</c> or <c>tool</c>.</param>
/// <param name="Parts">The content, in order.</param>
/// <param name="Generation">The generation that made the message. 0 for user and tool messages.</param>
/// <param name="Model">
/// For an assistant message, the model that made it. For a user message, the model that was to answer it, or null for
/// the chat's.
/// </param>
/// <param name="FinishReason">Why an answer ends, e.g. <c>stop</c>. Null for other messages.</param>
/// <param name="Usage">What an answer cost, if the provider reported it.</param>
/// <param name="CreatedAt">When the message was committed (UTC).</param>
public sealed record HistoryMessage(
    long Id, long PreviousId, string Role, IReadOnlyList<MessagePart> Parts, long Generation, string? Model, string? FinishReason, TokenUsage? Usage, DateTimeOffset CreatedAt)
{
    /// <summary>For a user message, the settings of its answer. Null for the model's own settings.</summary>
    public ChatSettings? Settings { get; init; }

    /// <summary>
    /// For a user message that was queued, its number in the queue (<see cref="QueuedMessage.Id"/>). An edit keeps it.
    /// Null for a message that was sent directly.
    /// </summary>
    public long? QueuedId { get; init; }

    /// <summary>The joined text of all text parts, without reasoning and refusals.</summary>
    [JsonIgnore]
    public string Text => string.Concat(Parts.Where(part => part.Type == MessagePart.TextType).Select(part => part.Text));
}

/// <summary>A tool call that waits for its result.</summary>
/// <param name="CallId">The id of the call.</param>
/// <param name="Name">The name of the tool.</param>
/// <param name="Arguments">The arguments: one JSON object, as text.</param>
public sealed record ToolCall(string CallId, string Name, string Arguments);

/// <summary>A page of a history.</summary>
/// <param name="Epoch">The history epoch. Pages of different epochs must not be combined.</param>
/// <param name="LastMessageId">The id of the newest message of the chat.</param>
/// <param name="Messages">The messages, in ascending order of ids.</param>
/// <param name="HasMore">True if there are more messages in the requested direction.</param>
public sealed record HistoryPage(long Epoch, long LastMessageId, IReadOnlyList<HistoryMessage> Messages, bool HasMore);

/// <summary>A queued message.</summary>
/// <param name="Id">The number of the message in the queue.</param>
/// <param name="Content">The text.</param>
/// <param name="Urgent">True if the message interrupts the turn.</param>
/// <param name="CreatedAt">When the message was sent (UTC).</param>
public sealed record QueuedMessage(long Id, string Content, bool Urgent, DateTimeOffset CreatedAt)
{
    /// <summary>The model that answers the message. Null for the chat's model.</summary>
    public string? Model { get; init; }

    /// <summary>The settings of the answer. Null for the model's own settings.</summary>
    public ChatSettings? Settings { get; init; }
}

/// <summary>Why a turn failed.</summary>
/// <param name="Code">A stable error code.</param>
/// <param name="Message">A sentence for the user.</param>
/// <param name="Retryable">True if sending the message again may help.</param>
public sealed record ChatError(string Code, string Message, bool Retryable);

/// <summary>The result of a command.</summary>
/// <param name="ChatId">The id of the chat.</param>
/// <param name="Version">The version that the command made.</param>
/// <param name="Status">The status after the command.</param>
/// <param name="MessageId">The id of the user message that is now in the history. Null if there is none.</param>
/// <param name="QueuedId">The number of the message that is now queued. Null if there is none.</param>
public sealed record CommandOutcome(string ChatId, long Version, string Status, long? MessageId = null, long? QueuedId = null);

/// <summary>A model of the server.</summary>
/// <param name="Name">The name that chats use.</param>
/// <param name="Description">A description for users.</param>
/// <param name="IsDefault">True for the model of chats that do not name one.</param>
public sealed record ModelInfo(string Name, string? Description, bool IsDefault)
{
    /// <summary>The settings that requests may choose for the model. Null if the server has an older version.</summary>
    public AllowedSettings? Allow { get; init; }
}

/// <summary>A tool that runs in the client.</summary>
/// <param name="Name">The name: 1 to 64 letters, digits, <c>_</c> or <c>-</c>.</param>
/// <param name="Description">What the tool does, for the model.</param>
/// <param name="Parameters">The JSON Schema of the arguments. Null for none.</param>
public sealed record ClientTool(string Name, string? Description = null, JsonElement? Parameters = null);

/// <summary>The result of a client-side tool call.</summary>
/// <param name="CallId">The id of the call.</param>
/// <param name="Result">Any JSON value.</param>
/// <param name="IsError">True if the tool failed.</param>
public sealed record ToolResult(string CallId, JsonElement Result, bool IsError = false);

/// <summary>The content of a new chat.</summary>
/// <param name="Content">
/// The first message, or the message after <see cref="History"/>. It may be null only if there is a history. The chat
/// then waits for its next message.
/// </param>
public sealed record NewChatRequest(string? Content = null)
{
    /// <summary>The name of the model. Null for the server's default model.</summary>
    public string? Model { get; init; }

    /// <summary>The settings for messages that do not set their own. Null for the model's own settings.</summary>
    public ChatSettings? Settings { get; init; }

    /// <summary>
    /// The settings of the first message only, in addition to the chat's settings. Null for the chat's settings.
    /// </summary>
    public ChatSettings? MessageSettings { get; init; }

    /// <summary>The display name. If null, it is derived from the message.</summary>
    public string? Title { get; init; }

    /// <summary>
    /// Messages of an earlier conversation, e.g. of an exported chat. Null for none. The history must start with a user
    /// message, and every tool call must have its result in a message with role <c>tool</c> directly after it. At most
    /// 10,000 messages, and no more than the server accepts in one request.
    /// </summary>
    public IReadOnlyList<HistoryEntry>? History { get; init; }

    /// <summary>Tools that run in the client.</summary>
    public IReadOnlyList<ClientTool>? ClientTools { get; init; }
}

/// <summary>What happens to a message that is sent while a turn runs.</summary>
public enum WhenBusy
{
    /// <summary>The message waits in the queue.</summary>
    Queue,

    /// <summary>The message stops the turn.</summary>
    Interrupt,
}
