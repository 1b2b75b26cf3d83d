using System.Text;
using System.Text.Json.Nodes;
using DurableChat.Chats;

namespace DurableChat.Providers.Chat;

/// <summary>Writes user content. Pure.</summary>
internal static class ChatUserContent
{
    private const string Break = "\n\n";

    /// <summary>
    /// The content. A plain text if there is nothing else, since some servers accept only that; null if there is
    /// nothing to send.
    /// </summary>
    public static JsonNode? Of(IReadOnlyList<MessagePart> parts)
    {
        if (parts.All(part => part is not FilePart))
        {
            var texts = parts.OfType<TextPart>().Select(part => part.Text).ToArray();
            return texts.Length == 0 ? null : string.Join(Break, texts);
        }

        var content = new JsonArray([.. parts.Select(Map).OfType<JsonNode>()]);
        return content.Count == 0 ? null : content;
    }

    /// <summary>Joins two contents.</summary>
    public static JsonNode Join(JsonNode one, JsonNode other) =>
        (one, other) is (JsonValue, JsonValue) ? (string)one! + Break + (string)other!
        : new JsonArray([.. PartsOf(one), .. PartsOf(other)]);

    private static IEnumerable<JsonNode> PartsOf(JsonNode content) =>
        content is JsonArray parts ? parts.Select(part => part!.DeepClone()) : [TextOf((string)content!)];

    private static JsonNode? Map(MessagePart part) => part switch
    {
        TextPart text => TextOf(text.Text),
        FilePart file => Map(file),
        _ => null,
    };

    private static JsonObject? Map(FilePart file)
    {
        var type = file.MediaType;
        if (type.StartsWith("image/", StringComparison.OrdinalIgnoreCase))
        {
            return new JsonObject { ["type"] = "image_url", ["image_url"] = new JsonObject { ["url"] = UrlOf(file) } };
        }

        if (AudioOf(type) is { } format)
        {
            var audio = new JsonObject { ["data"] = file.Data, ["format"] = format };
            return new JsonObject { ["type"] = "input_audio", ["input_audio"] = audio };
        }

        if (type.StartsWith("text/", StringComparison.OrdinalIgnoreCase))
        {
            var bytes = new byte[file.Data.Length];
            return Convert.TryFromBase64String(file.Data, bytes, out var length)
                ? TextOf(Encoding.UTF8.GetString(bytes.AsSpan(0, length))) : null;
        }

        if (!type.Equals("application/pdf", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var document = new JsonObject { ["filename"] = "document.pdf", ["file_data"] = UrlOf(file) };
        return new JsonObject { ["type"] = "file", ["file"] = document };
    }

    private static string? AudioOf(string type) => type switch
    {
        "audio/wav" or "audio/x-wav" or "audio/wave" => "wav",
        "audio/mpeg" or "audio/mp3" => "mp3",
        _ => null,
    };

    private static string UrlOf(FilePart file) => $"data:{file.MediaType};base64,{file.Data}";

    private static JsonObject TextOf(string text) => new() { ["type"] = "text", ["text"] = text };
}
