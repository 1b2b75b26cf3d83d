using System.Text.Json;
using System.Text.Json.Serialization;
using DurableChat.Chats;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>
/// The body that <c>useChat</c> posts, and the fields that an application may add through the transport's <c>body</c>.
/// Other fields belong to the application and are ignored.
/// </summary>
/// <param name="Id">
/// The client's name for the chat: any string of 1 to 255 characters without a '/', or a chat's id.
/// </param>
/// <param name="Messages">The history as the client shows it. Only the last message is new.</param>
/// <param name="Trigger"><c>submit-message</c> or <c>regenerate-message</c>.</param>
/// <param name="MessageId">The message to edit, continue or regenerate; null for a new one.</param>
/// <param name="Model">
/// The configured name of the model that answers. For a new chat it also becomes the chat's model, and defaults to the
/// server's. For an existing chat it defaults to the chat's model, or to that of the message that is edited or
/// regenerated.
/// </param>
/// <param name="Title">For a new chat: a title for people. Defaults to a title made from the message.</param>
/// <param name="ClientTools">For a new chat: the tools that run in the client.</param>
/// <param name="BusyBehavior">
/// What happens to the message while a turn runs: <c>queue</c> (the default) or <c>interrupt</c>.
/// </param>
/// <param name="Settings">Settings for this message only, within what the model allows.</param>
public sealed record AiSdkChatRequest(
    [property: JsonPropertyName("id")] string? Id,
    [property: JsonPropertyName("messages")] IReadOnlyList<AiSdkMessage>? Messages,
    [property: JsonPropertyName("trigger")] string? Trigger = null,
    [property: JsonPropertyName("messageId")] string? MessageId = null,
    [property: JsonPropertyName("model")] string? Model = null,
    [property: JsonPropertyName("title")] string? Title = null,
    [property: JsonPropertyName("client_tools")] IReadOnlyList<ClientToolRequest>? ClientTools = null,
    [property: JsonPropertyName("busy_behavior")] BusyBehavior BusyBehavior = BusyBehavior.Queue,
    [property: JsonPropertyName("settings")] JsonElement? Settings = null);

/// <summary>A message in the form in which <c>useChat</c> keeps it.</summary>
/// <param name="Id">The client's id, or an id that this server assigned.</param>
/// <param name="Role"><c>user</c> or <c>assistant</c>.</param>
/// <param name="Parts">Its parts, in the client's own form.</param>
public sealed record AiSdkMessage(
    [property: JsonPropertyName("id")] string? Id,
    [property: JsonPropertyName("role")] string? Role,
    [property: JsonPropertyName("parts")] JsonElement Parts);
