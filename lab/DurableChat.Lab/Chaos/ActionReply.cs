using System.Text.Json;

namespace DurableChat.Lab.Chaos;

/// <summary>An answer of a server to a command.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Chat">The chat.</param>
/// <param name="Version">The version that it made.</param>
/// <param name="MessageId">The message it appended; 0 for none.</param>
/// <param name="QueuedId">The message it put into the queue; 0 for none.</param>
/// <param name="Code">Why it was refused.</param>
internal sealed record ActionReply(int Status, string Chat, long Version, long MessageId, long QueuedId, string? Code)
{
    private const int TooManyRequests = 429;

    /// <summary>True if it was done.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>True if it was refused for good.</summary>
    public bool IsRefusal => Status is >= 400 and < 500 && Status != TooManyRequests;

    /// <summary>Reads an answer.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static ActionReply Read(ActionKind kind, int status, string json)
    {
        if (status is < 200 or >= 300)
        {
            return new ActionReply(status, "", 0, 0, 0, json.Length > 0 && json[0] == '{' ? CodeOf(json) : null);
        }

        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var isChat = kind is ActionKind.Create or ActionKind.Archive;
        return new ActionReply(
            status,
            root.GetProperty(isChat ? "id" : "chat_id").GetString()!,
            root.GetProperty("version").GetInt64(),
            kind == ActionKind.Create ? root.GetProperty("last_message_id").GetInt64() : Number(root, "message_id"),
            Number(root, "queued_id"),
            null);
    }

    private static long Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number ? number.GetInt64() : 0;

    private static string? CodeOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty("code", out var code) ? code.GetString() : null;
    }
}
