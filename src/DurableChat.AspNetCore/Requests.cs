using System.Text.Json;
using DurableChat.Chats;

namespace DurableChat.AspNetCore;

/// <summary>The body of a request that creates a chat.</summary>
/// <param name="Content">The first message; may be left out if there is a history, and the chat then waits for the next.</param>
/// <param name="Model">The configured name of the model; left out, the server's default.</param>
/// <param name="Title">A name for people; left out, taken from the message.</param>
/// <param name="ClientTools">Tools that run in the client.</param>
/// <param name="History">What was said elsewhere before, e.g. in a chat that was exported.</param>
public sealed record CreateChatRequest(
    string? Content, string? Model = null, string? Title = null, IReadOnlyList<ClientToolRequest>? ClientTools = null, IReadOnlyList<HistoryEntryRequest>? History = null);

/// <summary>A message that was said elsewhere.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Parts">What is said: text of a user; text, reasoning and tool calls of an assistant; results of a tool.</param>
/// <param name="CreatedAt">When it was said; left out, or a time to come, for now.</param>
/// <param name="Model">For an assistant: the model that made it.</param>
/// <param name="FinishReason">For an assistant: why it ends.</param>
/// <param name="Usage">For an assistant: what it cost.</param>
public sealed record HistoryEntryRequest(
    MessageRole? Role, IReadOnlyList<MessagePart>? Parts, DateTimeOffset? CreatedAt = null, string? Model = null, FinishReason? FinishReason = null, TokenUsage? Usage = null);

/// <summary>A tool that runs in the client.</summary>
/// <param name="Name">Its name: 1 to 64 letters, digits, <c>_</c> or <c>-</c>.</param>
/// <param name="Description">What it does, for the model.</param>
/// <param name="Parameters">The JSON Schema of its arguments.</param>
public sealed record ClientToolRequest(string? Name, string? Description = null, JsonElement? Parameters = null);

/// <summary>The body of a request that changes a chat; what is left out stays.</summary>
/// <param name="Title">The new name.</param>
/// <param name="Archived">True puts the chat away, false brings it back.</param>
public sealed record UpdateChatRequest(string? Title = null, bool? Archived = null);

/// <summary>The body of a request that sends a message.</summary>
/// <param name="Content">The text.</param>
/// <param name="BusyBehavior">What to do while a turn runs: <c>queue</c> (the default) or <c>interrupt</c>.</param>
public sealed record SendMessageRequest(string? Content, BusyBehavior BusyBehavior = BusyBehavior.Queue);

/// <summary>The body of a request that edits a message.</summary>
/// <param name="Content">The new text.</param>
public sealed record EditMessageRequest(string? Content);

/// <summary>The body of a request that answers client-side tool calls.</summary>
/// <param name="Results">The answers, to all or some of the pending calls.</param>
public sealed record ToolResultsRequest(IReadOnlyList<ToolResultRequest>? Results);

/// <summary>The answer to one tool call.</summary>
/// <param name="CallId">Which call.</param>
/// <param name="IsError">True if the tool failed.</param>
public sealed record ToolResultRequest(string? CallId, bool IsError = false)
{
    /// <summary>The answer: a text, or any other JSON value, <c>null</c> included, which the model gets as JSON. Undefined if it is left out.</summary>
    public JsonElement Result { get; init; }
}
