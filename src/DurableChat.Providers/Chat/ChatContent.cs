using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Chat;

/// <summary>
/// The content of an answer as it must be sent back: a text, or blocks if it contains thinking. For one answer; not
/// thread-safe.
/// </summary>
/// <param name="held">Counts it.</param>
internal sealed class ChatContent(HeldContent held)
{
    private readonly List<Block> _blocks = [];

    /// <summary>True if a block is thinking.</summary>
    public bool HasThought => _blocks.Exists(block => block.Thought is not null);

    /// <summary>True if there is text.</summary>
    public bool HasText => _blocks.Exists(block => block.Thought is null);

    /// <summary>Adds text.</summary>
    public void AddText(string text)
    {
        if (_blocks is not [.., { Thought: null } last])
        {
            held.AddObject();
            _blocks.Add(last = new Block(null));
        }

        held.Add(text);
        last.Text.Append(text);
    }

    /// <summary>Adds a thinking block, or a piece of one.</summary>
    public void AddThought(JsonElement block, string text)
    {
        if (_blocks is not [.., { Thought: { } thought } last])
        {
            held.AddObject();
            _blocks.Add(last = new Block(thought = []));
        }

        held.Add(text);
        last.Text.Append(text);
        foreach (var member in block.EnumerateObject().Where(member => member.Name is not ("type" or "thinking")))
        {
            HoldNew(thought, member);
            thought[member.Name] = member.Value.Copy();
        }
    }

    /// <summary>A repeated member replaces the earlier one.</summary>
    private void HoldNew(JsonObject thought, JsonProperty member)
    {
        if (!thought.ContainsKey(member.Name) || member.Value.ValueKind is JsonValueKind.Array or JsonValueKind.Object)
        {
            held.Add(member.Value);
        }
    }

    /// <summary>Writes the content; null if it is empty.</summary>
    public JsonNode? Write()
    {
        if (!HasThought)
        {
            return HasText ? LooseText.Whole(_blocks[0].Text.ToString()) : null;
        }

        return new JsonArray([.. _blocks.Select(Write)]);
    }

    /// <summary>The text of a thinking block, which is a text or a list of texts.</summary>
    public static string ThoughtOf(JsonElement block) =>
        block.Text("thinking") ?? block.Text("text")
        ?? string.Concat(
            block.Items("thinking").Concat(block.Items("summary")).Select(part => part.Text("text") ?? ""));

    private static JsonNode Write(Block block)
    {
        var text = new JsonObject { ["type"] = "text", ["text"] = LooseText.Whole(block.Text.ToString()) };
        if (block.Thought is null)
        {
            return text;
        }

        var thought = new JsonObject { ["type"] = "thinking", ["thinking"] = new JsonArray(text) };
        ProviderConnection.Merge(thought, block.Thought);
        return thought;
    }

    private sealed class Block(JsonObject? thought)
    {
        public StringBuilder Text { get; } = new();

        public JsonObject? Thought => thought;
    }
}
