using System.Buffers.Text;
using System.Globalization;
using System.Text;
using ModelContextProtocol.Protocol;

namespace DurableChat.Mcp;

/// <summary>Makes a text for the model of a tool's result. Bytes are described, never included.</summary>
internal static class McpResultText
{
    /// <summary>
    /// The structured result as JSON, if there is one: text beside it repeats it. Otherwise all that came, one piece
    /// per line.
    /// </summary>
    public static string Of(CallToolResult result)
    {
        var text = new StringBuilder(result.StructuredContent?.GetRawText());
        foreach (var block in result.Content ?? [])
        {
            if (block is null)
            {
                continue;
            }

            if (block is not TextContentBlock || result.StructuredContent is null)
            {
                text.Append(text.Length > 0 ? "\n" : string.Empty).Append(Of(block));
            }
        }

        return text.ToString();
    }

    private static string Of(ContentBlock block) => block switch
    {
        TextContentBlock text => text.Text,
        ImageContentBlock image => Described("image", image.MimeType, SizeOf(image.Data)),
        AudioContentBlock audio => Described("audio", audio.MimeType, SizeOf(audio.Data)),
        EmbeddedResourceBlock { Resource: TextResourceContents file } => $"[resource: {file.Uri}]\n{file.Text}",
        EmbeddedResourceBlock { Resource: BlobResourceContents file } =>
            Described($"resource {file.Uri}", file.MimeType, SizeOf(file.Blob)),
        ResourceLinkBlock link => Described($"link to {link.Name}, {link.Uri}", link.MimeType, link.Size),
        _ => $"[{block.Type}]",
    };

    /// <summary>How many bytes base64 stands for; null if it is none. It is not decoded: nobody wants the bytes.</summary>
    private static long? SizeOf(ReadOnlyMemory<byte> base64) =>
        Base64.IsValid(base64.Span, out var bytes) ? bytes : null;

    private static string Described(string what, string? type, long? bytes)
    {
        var text = new StringBuilder("[").Append(what).Append(type is null ? string.Empty : $", {type}");
        if (bytes is { } size)
        {
            text.Append(CultureInfo.InvariantCulture, $", {size} bytes");
        }

        return text.Append("; the content is not shown]").ToString();
    }
}
