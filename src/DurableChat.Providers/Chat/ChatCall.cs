using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Chat;

/// <summary>A call of a tool as it comes in pieces. For one answer; not thread-safe.</summary>
/// <param name="index">Its place by the provider's count; null if it has none.</param>
internal sealed class ChatCall(long? index)
{
    private readonly StringBuilder _arguments = new();

    /// <summary>Its place by the provider's count; null if it has none.</summary>
    public long? Index => index;

    /// <summary>The provider's id; empty until it comes.</summary>
    public string Id { get; set; } = "";

    /// <summary>The tool; empty until it comes.</summary>
    public string Name { get; set; } = "";

    /// <summary>What else the provider wants back with it: signatures.</summary>
    public JsonObject? Extra { get; set; }

    /// <summary>The arguments so far.</summary>
    public string Arguments => _arguments.ToString();

    /// <summary>True if nothing came but an empty frame.</summary>
    public bool IsEmpty => Name.Length == 0 && IsBlank;

    /// <summary>True if no argument came.</summary>
    public bool IsBlank => string.IsNullOrWhiteSpace(Arguments);

    /// <summary>Takes the next piece of the arguments.</summary>
    public void Append(string piece) => _arguments.Append(piece);

    /// <summary>The arguments as one JSON object; null if they are none.</summary>
    public string? Whole()
    {
        var text = Arguments;
        if (IsBlank)
        {
            return "{}";
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind switch
            {
                JsonValueKind.Object => text,
                JsonValueKind.Null => "{}",

                // Some servers write the text of the arguments as JSON once more.
                JsonValueKind.String when IsObject(json.RootElement.Loose()) => json.RootElement.Loose(),
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>True if the arguments so far are one whole object.</summary>
    public bool IsWhole() => !IsBlank && IsObject(Arguments);

    private static bool IsObject(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
