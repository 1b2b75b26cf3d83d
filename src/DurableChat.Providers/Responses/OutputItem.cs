using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Responses;

/// <summary>An output item while it arrives, and what was shown of it. Not thread-safe.</summary>
/// <param name="id">Its id; null if it has none.</param>
/// <param name="index">Its index in the output.</param>
/// <param name="held">Counts the memory that it holds.</param>
internal sealed class OutputItem(string? id, long index, HeldContent held)
{
    private readonly SortedDictionary<long, (string Kind, StringBuilder Text)> _texts = [];
    private readonly StringBuilder _arguments = new();
    private JsonElement? _begun;

    /// <summary>Its id; null if it has none.</summary>
    public string? Id { get; private set; } = id;

    /// <summary>Its index in the output.</summary>
    public long Index { get; set; } = index;

    /// <summary>The complete item as it arrived; null before that.</summary>
    public JsonElement? Whole { get; private set; }

    /// <summary>The item's type; null before it is known.</summary>
    public string? Type => (Whole ?? _begun)?.Text("type");

    /// <summary>Sources that were announced separately from the text.</summary>
    public List<JsonElement> Annotations { get; } = [];

    /// <summary>
    /// The kind of reasoning that is shown: a provider may send the same reasoning both as a summary and in full.
    /// </summary>
    public string? ReasoningKind { get; set; }

    /// <summary>Records the announced item.</summary>
    public void Begin(JsonElement item)
    {
        _begun = item;
        Id ??= item.Text("id");
    }

    /// <summary>Records the complete item.</summary>
    public void Complete(JsonElement item) => Whole = item;

    /// <summary>Records a piece of text that is shown.</summary>
    public void Append(string kind, long place, string text)
    {
        var key = Key(kind, place);
        if (!_texts.TryGetValue(key, out var shown))
        {
            held.AddObject();
            _texts[key] = shown = (kind, new StringBuilder());
        }

        held.Add(text);
        shown.Text.Append(text);
    }

    /// <summary>True if the text at an index was shown.</summary>
    public bool IsShown(string kind, long place) => _texts.ContainsKey(Key(kind, place));

    /// <summary>How many texts of a kind were shown.</summary>
    public int CountShown(string kind) => _texts.Values.Count(text => text.Kind == kind);

    /// <summary>Records the arguments of a call: the next piece, or all of them.</summary>
    public void AppendArguments(string text, bool isWhole)
    {
        if (isWhole)
        {
            _arguments.Clear();
        }

        held.Add(text);
        _arguments.Append(text);
    }

    /// <summary>
    /// Assembles a call or a message from its pieces if the provider ended the answer without sending the item as a
    /// whole.
    /// </summary>
    public void Assemble()
    {
        if (Whole is not null)
        {
            return;
        }

        if (Type == "function_call" && JsonObject.Create(_begun!.Value) is { } call)
        {
            call["arguments"] = _arguments.Length > 0 ? _arguments.ToString() : _begun.Value.Text("arguments") ?? "";
            Whole = JsonSerializer.SerializeToElement<JsonNode>(call, ProviderJson.Relaxed);
        }
        else if (CountShown(ItemTexts.Text) + CountShown(ItemTexts.Refusal) > 0)
        {
            var message = new JsonObject { ["type"] = "message", ["role"] = "assistant" };
            message["content"] = string.Concat(_texts.Values.Select(text => text.Text));
            Whole = JsonSerializer.SerializeToElement<JsonNode>(message, ProviderJson.Relaxed);
        }
    }

    private static long Key(string kind, long place) => (place << 2) | kind switch
    {
        ItemTexts.Text => 0L,
        ItemTexts.Refusal => 1L,
        ItemTexts.Summary => 2L,
        _ => 3L,
    };
}
