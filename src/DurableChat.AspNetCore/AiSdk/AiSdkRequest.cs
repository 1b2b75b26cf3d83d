using System.Text.Json;
using System.Text.Json.Serialization;
using DurableChat.Chats;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>
/// An <see cref="AiSdkChatRequest"/> as it is read: complete except for the history, of which only the needed parts are
/// kept.
/// </summary>
internal sealed record AiSdkRequest(
    [property: JsonPropertyName("id")] string? Id,
    [property: JsonPropertyName(AiSdkRequest.MessagesField)] AiSdkMessages? Messages,
    [property: JsonPropertyName("trigger")] string? Trigger = null,
    [property: JsonPropertyName("messageId")] string? MessageId = null,
    [property: JsonPropertyName("model")] string? Model = null,
    [property: JsonPropertyName("title")] string? Title = null,
    [property: JsonPropertyName("client_tools")] IReadOnlyList<ClientToolRequest>? ClientTools = null,
    [property: JsonPropertyName("busy_behavior")] BusyBehavior BusyBehavior = BusyBehavior.Queue,
    [property: JsonPropertyName("settings")] JsonElement? Settings = null)
{
    /// <summary>The field that contains the history.</summary>
    public const string MessagesField = "messages";
}
