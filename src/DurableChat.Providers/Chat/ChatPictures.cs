using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Chat;

/// <summary>Reads pictures that a model generated. For one answer; not thread-safe.</summary>
/// <param name="held">Counts them.</param>
internal sealed class ChatPictures(HeldContent held)
{
    private const string Scheme = "data:", Base64 = ";base64";

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>
    /// Reads a picture: a file from a data URL, a link from any other. Null if it is a repetition or has no usable URL.
    /// </summary>
    public MessagePart? Read(JsonElement picture)
    {
        var url = picture.Object("image_url")?.Text("url") ?? picture.Text("image_url") ?? picture.Text("url");
        if (string.IsNullOrEmpty(url) || !_seen.Add(url))
        {
            return null;
        }

        held.AddObject();
        held.Add(url);
        if (!url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return new TextPart($"![]({url})");
        }

        var comma = url.IndexOf(',', StringComparison.Ordinal);
        var type = comma < 0 ? "" : url[Scheme.Length..comma];
        return type.EndsWith(Base64, StringComparison.OrdinalIgnoreCase) && comma + 1 < url.Length
            ? new FilePart(MediaTypeOf(type), url[(comma + 1)..])
            : null;
    }

    private static string MediaTypeOf(string type) =>
        type[..type.IndexOf(';', StringComparison.Ordinal)] is { Length: > 0 } given ? given : "image/png";
}
