using System.Buffers.Text;
using System.Globalization;
using System.Text;
using ModelContextProtocol.Protocol;

namespace DurableChat.Mcp.Tools;

/// <summary>Converts a tool's result to a text for the model. Binary content is described, never included.</summary>
internal static class McpResultText
{
    /// <summary>
    /// The structured result as JSON if there is one, since the text next to it repeats it. Otherwise all content, one
    /// item per line.
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

    /// <summary>
    /// The size of the data in bytes; null if it is not base64. The data is not decoded, because only its size is
    /// needed.
    /// </summary>
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
