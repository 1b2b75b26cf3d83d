using System.Text.Json;
using DurableChat.Chats;

namespace DurableChat.AspNetCore;

/// <summary>The body of a request that creates a chat.</summary>
/// <param name="Content">
/// The first message. Optional if there is a history; the chat then waits for the next message.
/// </param>
/// <param name="Model">The configured name of the model. Defaults to the server's default model.</param>
/// <param name="Title">A title for people. Defaults to a title made from the message.</param>
/// <param name="ClientTools">Tools that run in the client.</param>
/// <param name="History">Earlier messages from elsewhere, e.g. from an exported chat.</param>
/// <param name="Settings">The default settings of the chat's messages, within what the model allows.</param>
/// <param name="MessageSettings">Settings for the first message only, on top of the chat's settings.</param>
public sealed record CreateChatRequest(
    string? Content,
    string? Model = null,
    string? Title = null,
    IReadOnlyList<ClientToolRequest>? ClientTools = null,
    IReadOnlyList<HistoryEntryRequest>? History = null,
    GenerationSettings? Settings = null,
    GenerationSettings? MessageSettings = null);

/// <summary>A message from an earlier conversation.</summary>
/// <param name="Role">The author's role.</param>
/// <param name="Parts">
/// The content. For a user: text. For a tool: results. For an assistant: text, reasoning, tool calls, refusals,
/// sources, provider tools and files. Only an assistant message that ends for <c>length</c> or <c>content_filter</c>
/// may have no parts.
/// </param>
/// <param name="CreatedAt">When it was created. Defaults to now; a future time counts as now.</param>
/// <param name="Model">For an assistant: the model that generated it. For a user: the model that was to answer.</param>
/// <param name="FinishReason">For an assistant: why it ended.</param>
/// <param name="Usage">For an assistant: its token usage and cost.</param>
/// <param name="Settings">For a user: the settings of the answer.</param>
public sealed record HistoryEntryRequest(
    MessageRole? Role,
    IReadOnlyList<MessagePart>? Parts,
    DateTimeOffset? CreatedAt = null,
    string? Model = null,
    FinishReason? FinishReason = null,
    TokenUsage? Usage = null,
    GenerationSettings? Settings = null);

/// <summary>A tool that runs in the client.</summary>
/// <param name="Name">Its name: 1 to 64 letters, digits, <c>_</c> or <c>-</c>.</param>
/// <param name="Description">What it does, for the model.</param>
/// <param name="Parameters">The JSON Schema of its arguments.</param>
public sealed record ClientToolRequest(string? Name, string? Description = null, JsonElement? Parameters = null);

/// <summary>The body of a request that changes a chat. Omitted fields stay as they are.</summary>
/// <param name="Title">The new title.</param>
/// <param name="Archived">True archives the chat, false restores it.</param>
/// <param name="Model">The model for future messages.</param>
/// <param name="Settings">
/// The settings for future messages. They replace all earlier settings of the chat; an empty object means the model's
/// own settings.
/// </param>
public sealed record UpdateChatRequest(
    string? Title = null, bool? Archived = null, string? Model = null, GenerationSettings? Settings = null);

/// <summary>The body of a request that sends a message.</summary>
/// <param name="Content">The text.</param>
/// <param name="BusyBehavior">
/// What happens to the message while a turn runs: <c>queue</c> (the default) or <c>interrupt</c>.
/// </param>
/// <param name="Model">The model that answers. Defaults to the chat's model.</param>
/// <param name="Settings">
/// Settings for this message, within what the model allows. Omitted settings default to the chat's.
/// </param>
public sealed record SendMessageRequest(
    string? Content,
    BusyBehavior BusyBehavior = BusyBehavior.Queue,
    string? Model = null,
    GenerationSettings? Settings = null);

/// <summary>The body of a request that edits a message.</summary>
/// <param name="Content">The new text.</param>
/// <param name="Model">The model that answers. Defaults to the message's previous model.</param>
/// <param name="Settings">Settings on top of the chat's. Defaults to the message's previous settings.</param>
public sealed record EditMessageRequest(string? Content, string? Model = null, GenerationSettings? Settings = null);

/// <summary>The body of a request that returns the results of client-side tool calls.</summary>
/// <param name="Results">The results of all or some of the pending calls.</param>
public sealed record ToolResultsRequest(IReadOnlyList<ToolResultRequest>? Results);

/// <summary>The result of one tool call.</summary>
/// <param name="CallId">The id of the call.</param>
/// <param name="IsError">True if the tool failed.</param>
public sealed record ToolResultRequest(string? CallId, bool IsError = false)
{
    /// <summary>
    /// The result: a text, or any other JSON value including <c>null</c>, which the model gets as JSON. Undefined if
    /// omitted.
    /// </summary>
    public JsonElement Result { get; init; }
}
