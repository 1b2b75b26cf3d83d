using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Chat;

/// <summary>
/// Joins the pieces of reasoning that arrives as a list: OpenRouter's <c>reasoning_details</c>, and
/// <c>thinking_blocks</c> of LiteLLM. Texts and signatures of an item are joined. Unknown members and the order are
/// preserved. For one answer; not thread-safe.
/// </summary>
/// <param name="held">Counts them.</param>
internal sealed class ReasoningDetails(HeldContent held)
{
    private static readonly string[] _texts = ["text", "summary", "thinking", "signature"];

    private readonly List<Item> _items = [];

    /// <summary>True if anything has arrived.</summary>
    public bool Any => _items.Count > 0;

    /// <summary>Adds a piece.</summary>
    public void Add(JsonElement piece)
    {
        if (piece.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var item = Find(piece);
        if (item is null)
        {
            held.AddObject();
            _items.Add(item = new Item(held, piece.Number("index"), piece.Text("type"), piece.Text("id")));
        }

        item.Add(piece);
    }

    /// <summary>The items as they are sent back.</summary>
    public JsonArray Write() => new([.. _items.Select(item => item.Write())]);

    /// <summary>The readable text of a piece.</summary>
    public static string TextOf(JsonElement piece) =>
        piece.Text("text") ?? piece.Text("summary") ?? piece.Text("thinking") ?? "";

    private Item? Find(JsonElement piece)
    {
        var (index, type, id) = (piece.Number("index"), piece.Text("type"), piece.Text("id"));
        var found = index is null ? _items.LastOrDefault()
            : _items.FindLast(item => item.Index == index && item.Type == type);
        return found is null || found.Index != index || found.Type != type
            || (id is not null && found.Id is not null && id != found.Id) || found.IsClosedFor(piece) ? null : found;
    }

    private sealed class Item(HeldContent held, long? index, string? type, string? id)
    {
        private readonly JsonObject _json = [];
        private readonly Dictionary<string, StringBuilder> _joined = [];

        public long? Index => index;

        public string? Type => type;

        public string? Id { get; private set; } = id;

        /// <summary>Encrypted data arrives whole, and an item without an index ends with its signature.</summary>
        public bool IsClosedFor(JsonElement piece) =>
            (piece.Text("data") is not null && _json["data"] is not null)
                || (index is null && _joined.ContainsKey("signature"));

        public void Add(JsonElement piece)
        {
            Id ??= piece.Text("id");
            var members = piece.EnumerateObject().ToArray();
            for (var i = 0; i < members.Length; i++)
            {
                var (name, value) = (members[i].Name, members[i].Value);
                var isText = _texts.Contains(name) && value.ValueKind == JsonValueKind.String;
                if (!_json.ContainsKey(name))
                {
                    if (!isText)
                    {
                        held.Add(value);
                    }

                    _json.Insert(PlaceBefore(members.AsSpan(i + 1)), name, null);
                }

                if (isText)
                {
                    Join(name, value.Loose());
                }
                else if (value.ValueKind != JsonValueKind.Null)
                {
                    _json[name] = value.Copy();
                }
            }
        }

        public JsonObject Write()
        {
            foreach (var (name, text) in _joined)
            {
                _json[name] = LooseText.Whole(text.ToString());
            }

            return _json;
        }

        /// <summary>A member that arrives late is placed as in its piece.</summary>
        private int PlaceBefore(ReadOnlySpan<JsonProperty> following)
        {
            foreach (var member in following)
            {
                if (_json.IndexOf(member.Name) is var at and >= 0)
                {
                    return at;
                }
            }

            return _json.Count;
        }

        private void Join(string name, string text)
        {
            held.Add(text);
            if (!_joined.TryGetValue(name, out var joined))
            {
                _joined[name] = new StringBuilder(text);
            }
            else if (name != "signature" || !joined.Equals(text.AsSpan()))
            {
                joined.Append(text);
            }
        }
    }
}
