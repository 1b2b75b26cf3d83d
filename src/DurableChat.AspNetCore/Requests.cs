using System.Text.Json;
using DurableChat.Chats;

namespace DurableChat.AspNetCore;

/// <summary>The body of a request that creates a chat.</summary>
/// <param name="Content">The first message; may be left out if there is a history, and the chat then waits for the next.</param>
/// <param name="Model">The configured name of the model; left out, the server's default.</param>
/// <param name="Title">A name for people; left out, taken from the message.</param>
/// <param name="ClientTools">Tools that run in the client.</param>
/// <param name="History">What was said elsewhere before, e.g. in a chat that was exported.</param>
/// <param name="Settings">How its messages are answered, unless they say otherwise; as far as the model allows.</param>
/// <param name="MessageSettings">How the first message is answered, and no other, upon the chat's settings.</param>
public sealed record CreateChatRequest(
    string? Content,
    string? Model = null,
    string? Title = null,
    IReadOnlyList<ClientToolRequest>? ClientTools = null,
    IReadOnlyList<HistoryEntryRequest>? History = null,
    GenerationSettings? Settings = null,
    GenerationSettings? MessageSettings = null);

/// <summary>A message that was said elsewhere.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Parts">
/// What is said: text of a user; results of a tool; of an assistant text, reasoning, tool calls, refusals, sources,
/// tools of the provider and files. Only an assistant that ends for <c>length</c> or <c>content_filter</c> may have
/// none.
/// </param>
/// <param name="CreatedAt">When it was said; left out, or a time to come, for now.</param>
/// <param name="Model">For an assistant: the model that made it; for a user: the one that was to answer.</param>
/// <param name="FinishReason">For an assistant: why it ends.</param>
/// <param name="Usage">For an assistant: what it cost.</param>
/// <param name="Settings">For a user: how it was answered.</param>
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

/// <summary>The body of a request that changes a chat; what is left out stays.</summary>
/// <param name="Title">The new name.</param>
/// <param name="Archived">True puts the chat away, false brings it back.</param>
/// <param name="Model">The model of messages still to come.</param>
/// <param name="Settings">How messages still to come are answered, in place of all settings that the chat had; empty
/// for the model's own.</param>
public sealed record UpdateChatRequest(
    string? Title = null, bool? Archived = null, string? Model = null, GenerationSettings? Settings = null);

/// <summary>The body of a request that sends a message.</summary>
/// <param name="Content">The text.</param>
/// <param name="BusyBehavior">What to do while a turn runs: <c>queue</c> (the default) or <c>interrupt</c>.</param>
/// <param name="Model">The model that is to answer; left out, the chat's.</param>
/// <param name="Settings">How it is to be answered, as far as the model allows; what is left out is the chat's.</param>
public sealed record SendMessageRequest(
    string? Content,
    BusyBehavior BusyBehavior = BusyBehavior.Queue,
    string? Model = null,
    GenerationSettings? Settings = null);

/// <summary>The body of a request that edits a message.</summary>
/// <param name="Content">The new text.</param>
/// <param name="Model">The model that is to answer; left out, the one that the message was for.</param>
/// <param name="Settings">How it is to be answered, on top of the chat's settings; left out, as the message
/// was.</param>
public sealed record EditMessageRequest(string? Content, string? Model = null, GenerationSettings? Settings = null);

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
