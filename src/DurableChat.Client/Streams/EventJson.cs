using System.Text.Json;
using DurableChat.Client.Calls;

namespace DurableChat.Client.Streams;

/// <summary>Reads events. Pure.</summary>
internal static class EventJson
{
    /// <summary>Reads an event. Null for an unknown kind.</summary>
    /// <exception cref="JsonException">The event cannot be read.</exception>
    public static ChatEvent? Read(string type, ReadOnlySpan<byte> data) => type switch
    {
        "message" => JsonSerializer.Deserialize(data, ClientJson.Default.MessageEvent),
        "message_part" => JsonSerializer.Deserialize(data, ClientJson.Default.MessagePartEvent),
        "status" => JsonSerializer.Deserialize(data, ClientJson.Default.StatusEvent),
        "queue_update" => JsonSerializer.Deserialize(data, ClientJson.Default.QueueEvent),
        "history_reset" => JsonSerializer.Deserialize(data, ClientJson.Default.HistoryResetEvent),
        "preview_reset" => JsonSerializer.Deserialize(data, ClientJson.Default.PreviewResetEvent),
        "retry" => JsonSerializer.Deserialize(data, ClientJson.Default.RetryEvent),
        "error" => JsonSerializer.Deserialize(data, ClientJson.Default.ErrorEvent),
        "action_required" => JsonSerializer.Deserialize(data, ClientJson.Default.ActionRequiredEvent),
        "tool_progress" => JsonSerializer.Deserialize(data, ClientJson.Default.ToolProgressEvent),
        "chats" => JsonSerializer.Deserialize(data, ClientJson.Default.ChatsEvent),
        "chat" => JsonSerializer.Deserialize(data, ClientJson.Default.ChatChangedEvent),
        "chat_deleted" => JsonSerializer.Deserialize(data, ClientJson.Default.ChatDeletedEvent),
        _ => null,
    };
}
