using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Messages;

/// <summary>A content block, assembled from its events. Not thread-safe.</summary>
/// <param name="start">The block as it was announced. Its text and input contain the first piece or nothing.</param>
internal sealed class ContentBlock(JsonElement start)
{
    private static readonly JsonWriterOptions _writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Dictionary<string, StringBuilder> _pieces = new(StringComparer.Ordinal);
    private readonly StringBuilder _input = new();
    private readonly List<JsonElement> _citations = [.. start.Items("citations")];

    /// <summary>Its type; empty if it has none.</summary>
    public string Type { get; } = start.Text("type") ?? "";

    /// <summary>Its identity: its id or, for a result, the id of its call. Null if it has none.</summary>
    public string? Id { get; } = start.Text("id") ?? start.Text("tool_use_id");

    /// <summary>The name of the called tool.</summary>
    public string Name { get; } = start.Text("name") ?? "";

    /// <summary>True if it calls a tool, including one that the provider runs.</summary>
    public bool IsCall => Type is "tool_use" or "server_tool_use" or "mcp_tool_use";

    /// <summary>True if it is the result of a tool that the provider ran.</summary>
    public bool IsResult => Type.EndsWith("_tool_result", StringComparison.Ordinal);

    /// <summary>True if it is thinking, readable or not.</summary>
    public bool IsThinking => Type is "thinking" or "redacted_thinking";

    /// <summary>True if it has ended.</summary>
    public bool IsStopped { get; set; }

    /// <summary>The sources that it cites.</summary>
    public IReadOnlyList<JsonElement> Citations => _citations;

    /// <summary>The input of a call as text: its pieces if any arrived, otherwise the input in the start.</summary>
    public string Input
    {
        get
        {
            var text = _input.ToString();
            text = string.IsNullOrWhiteSpace(text) ? start.Object("input")?.GetRawText() ?? start.Text("input") : text;
            return string.IsNullOrWhiteSpace(text) ? "{}" : text;
        }
    }

    /// <summary>A text member with everything appended to it.</summary>
    public string Text(string name) =>
        start.Text(name) + (_pieces.TryGetValue(name, out var pieces) ? pieces.ToString() : "");

    /// <summary>Appends a piece: input, a citation, or text for the member of the same name.</summary>
    public void Append(JsonElement delta, HeldContent held)
    {
        if ((delta.Text("partial_json") ?? delta.Object("partial_json")?.GetRawText()) is { } input)
        {
            held.Add(input);
            _input.Append(input);
            return;
        }

        if (delta.Object("citation") is { } citation)
        {
            held.Add(delta);
            _citations.Add(citation);
            return;
        }

        foreach (var member in delta.ValueKind == JsonValueKind.Object ? delta.EnumerateObject() : default)
        {
            // An unknown member would be refused when the block is sent back.
            if (member.Value.ValueKind == JsonValueKind.String && !member.NameEquals("type")
                && (member.Name is "text" or "thinking" or "signature" || start.TryGetProperty(member.Name, out _)))
            {
                if (!_pieces.TryGetValue(member.Name, out var pieces))
                {
                    _pieces[member.Name] = pieces = new StringBuilder();
                }

                var text = member.Value.Loose();
                held.Add(text);
                pieces.Append(text);
            }
        }
    }

    /// <summary>The whole block as it is sent back. Members that no event changed stay as they arrived.</summary>
    public string Write()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, _writing))
        {
            writer.WriteStartObject();
            foreach (var member in start.EnumerateObject())
            {
                WriteMember(writer, member);
            }

            foreach (var name in _pieces.Keys.Where(name => !start.TryGetProperty(name, out _)))
            {
                writer.WriteString(name, Text(name));
            }

            if (_citations.Count > 0 && !start.TryGetProperty("citations", out _))
            {
                WriteCitations(writer);
            }

            if (IsCall && !start.TryGetProperty("input", out _))
            {
                writer.WritePropertyName("input");
                writer.WriteRawValue(Input);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void WriteMember(Utf8JsonWriter writer, JsonProperty member)
    {
        if (member.NameEquals("citations") && _citations.Count > 0)
        {
            WriteCitations(writer);
            return;
        }

        writer.WritePropertyName(member.Name);
        if (member.NameEquals("input") && IsCall)
        {
            writer.WriteRawValue(Input);
        }
        else if (_pieces.ContainsKey(member.Name))
        {
            writer.WriteStringValue(Text(member.Name));
        }
        else
        {
            writer.WriteRawValue(member.Value.GetRawText());
        }
    }

    private void WriteCitations(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("citations");
        foreach (var citation in _citations)
        {
            writer.WriteRawValue(citation.GetRawText());
        }

        writer.WriteEndArray();
    }
}
