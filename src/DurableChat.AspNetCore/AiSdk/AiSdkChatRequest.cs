using System.Text.Json;
using System.Text.Json.Serialization;
using DurableChat.Chats;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>What <c>useChat</c> posts, and what an application may add to it as the transport's <c>body</c>. Fields that are not named here are the application's own and are ignored.</summary>
/// <param name="Id">The client's name of the chat: any string of 1 to 255 characters without a '/', or a chat's id.</param>
/// <param name="Messages">The history as the client shows it. Only the last message says something new.</param>
/// <param name="Trigger"><c>submit-message</c> or <c>regenerate-message</c>.</param>
/// <param name="MessageId">Which message is edited, continued or regenerated; none for a new one.</param>
/// <param name="Model">
/// The configured name of the model that is to answer. For a chat that does not exist yet it is also the chat's; left
/// out, the server's default. Left out for a chat that exists: the chat's, or that of the message which is edited or
/// regenerated.
/// </param>
/// <param name="Title">For a chat that does not exist yet: a name for people; left out, taken from the message.</param>
/// <param name="ClientTools">For a chat that does not exist yet: tools that run in the client.</param>
/// <param name="BusyBehavior">What a message does while a turn runs: <c>queue</c> (the default) or <c>interrupt</c>.</param>
/// <param name="Settings">How it is to be answered, as far as the model allows. They are for this message
/// alone.</param>
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

/// <summary>A message as <c>useChat</c> keeps it.</summary>
/// <param name="Id">The client's id, or one that this server gave.</param>
/// <param name="Role"><c>user</c> or <c>assistant</c>.</param>
/// <param name="Parts">Its parts, in the client's own form.</param>
public sealed record AiSdkMessage(
    [property: JsonPropertyName("id")] string? Id,
    [property: JsonPropertyName("role")] string? Role,
    [property: JsonPropertyName("parts")] JsonElement Parts);
