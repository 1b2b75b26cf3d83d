using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Chat;

/// <summary>A tool call that arrives in pieces. For one answer; not thread-safe.</summary>
/// <param name="index">The provider's index of the call; null if it has none.</param>
internal sealed class ChatCall(long? index)
{
    private readonly StringBuilder _arguments = new();

    /// <summary>The provider's index of the call; null if it has none.</summary>
    public long? Index => index;

    /// <summary>The provider's id; empty until it arrives.</summary>
    public string Id { get; set; } = "";

    /// <summary>The tool's name; empty until it arrives.</summary>
    public string Name { get; set; } = "";

    /// <summary>Further data that the provider requires back with the call: signatures.</summary>
    public JsonObject? Extra { get; set; }

    /// <summary>The arguments so far.</summary>
    public string Arguments => _arguments.ToString();

    /// <summary>True if only an empty frame has arrived.</summary>
    public bool IsEmpty => Name.Length == 0 && IsBlank;

    /// <summary>True if no arguments have arrived.</summary>
    public bool IsBlank => string.IsNullOrWhiteSpace(Arguments);

    /// <summary>Appends a piece of the arguments.</summary>
    public void Append(string piece) => _arguments.Append(piece);

    /// <summary>The arguments as one JSON object; null if they are not one.</summary>
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

                // Some servers encode the text of the arguments as a JSON string twice.
                JsonValueKind.String when IsObject(json.RootElement.Loose()) => json.RootElement.Loose(),
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>True if the arguments so far are one complete object.</summary>
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
