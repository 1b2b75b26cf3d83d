using System.Text.Json;
using System.Text.Json.Nodes;

namespace DurableChat.Mcp.Connections;

/// <summary>
/// Hides the <c>annotations</c> and <c>icons</c> of a result's content blocks from the client's reader, which fails on
/// them (ModelContextProtocol.Core 2.4.0): to read them, it copies its options and adds a resolver that they already
/// have, which the serializer refuses. Nothing here uses these members.
/// </summary>
internal static class McpResultFilter
{
    /// <summary>The depth of a block's members: of the result, its list of blocks, and the block.</summary>
    private const int BlockDepth = 3;

    /// <summary>Returns a result that the client can read: the same one if there is nothing to hide.</summary>
    public static JsonNode? Filter(JsonNode? result)
    {
        if (result is not JsonObject)
        {
            return result;
        }

        try
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(result);
            return Hide(json) ? JsonNode.Parse(json) : result;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            // A value that cannot be written, e.g. a lone surrogate, makes the call fail where the client reads it.
            // Failing here would end the connection.
            return result;
        }
    }

    /// <summary>
    /// Renames members in place to a name that the client skips. A node tree would take many times the memory of a
    /// large result, and refuses duplicate members.
    /// </summary>
    private static bool Hide(byte[] json)
    {
        var isHidden = false;
        var isInContent = false;
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (reader.CurrentDepth == 1)
            {
                isInContent = reader.ValueTextEquals("content"u8);
            }
            else if (isInContent && reader.CurrentDepth == BlockDepth && IsUnreadable(reader))
            {
                json[(int)reader.TokenStartIndex + 1] = (byte)'-';
                isHidden = true;
            }
        }

        return isHidden;
    }

    private static bool IsUnreadable(in Utf8JsonReader name) =>
        name.ValueTextEquals("annotations"u8) || name.ValueTextEquals("icons"u8);
}
