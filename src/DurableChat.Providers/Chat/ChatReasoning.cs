using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Chat;

/// <summary>
/// Reads reasoning under all of its field names. It shows text that arrives under several names once, and keeps it as
/// it must be sent back. For one answer; not thread-safe.
/// </summary>
/// <param name="held">Counts it.</param>
internal sealed class ChatReasoning(HeldContent held)
{
    private const string Details = "reasoning_details", Blocks = "thinking_blocks";

    private static readonly string[] _names = ["reasoning_content", "reasoning", "reasoning_text", "thinking"];

    private readonly Dictionary<string, Track> _tracks = [];
    private readonly StringBuilder _shown = new();
    private readonly ReasoningDetails _details = new(held);
    private readonly ReasoningDetails _blocks = new(held);

    /// <summary>True if reasoning must be sent back.</summary>
    public bool IsKept => _details.Any || _blocks.Any || _tracks.Values.Any(track => track.Text.Length > 0);

    /// <summary>Reads the reasoning of a delta.</summary>
    /// <returns>The new text.</returns>
    public string Read(JsonElement delta)
    {
        var fresh = "";
        foreach (var name in _names)
        {
            fresh += Show(name, delta.Text(name) ?? "");
        }

        fresh += Read(delta, Details, _details);
        fresh += Read(delta, Blocks, _blocks);
        return fresh;
    }

    /// <summary>Writes the assistant message's fields that contain the reasoning.</summary>
    /// <param name="answer">The message.</param>
    /// <param name="field">The field in which the server requires the text; null for every field that it sent.</param>
    public void Write(JsonObject answer, string? field)
    {
        if (_details.Any || _blocks.Any)
        {
            // The details contain the text, too.
            Set(answer, Details, _details);
            Set(answer, Blocks, _blocks);
            return;
        }

        var given = _names.Where(name => _tracks.TryGetValue(name, out var track) && track.Text.Length > 0).ToArray();
        var isWanted = field is not null && given.Length > 0 && (given.Contains(field) || field == _names[0]);
        var wanted = isWanted ? [field!] : given;
        foreach (var name in wanted)
        {
            var track = _tracks.GetValueOrDefault(name) is { Text.Length: > 0 } own ? own : _tracks[given[0]];
            answer[name] = LooseText.Whole(track.Text.ToString());
        }
    }

    private static void Set(JsonObject answer, string name, ReasoningDetails details)
    {
        if (details.Any)
        {
            answer[name] = details.Write();
        }
    }

    private string Read(JsonElement delta, string name, ReasoningDetails details)
    {
        var text = new StringBuilder();
        foreach (var piece in delta.Items(name))
        {
            details.Add(piece);
            text.Append(ReasoningDetails.TextOf(piece));
        }

        return Show(name, text.ToString());
    }

    /// <summary>
    /// The new text of a piece. Empty as long as the name repeats text that arrived under another name.
    /// </summary>
    private string Show(string name, string piece)
    {
        if (piece.Length == 0)
        {
            return "";
        }

        if (!_tracks.TryGetValue(name, out var track))
        {
            _tracks[name] = track = new Track();
        }

        held.Add(piece);
        var at = track.Text.Length;
        track.Text.Append(piece);
        if (track.IsCopy && at + piece.Length <= _shown.Length && _shown.ToString(at, piece.Length) == piece)
        {
            return "";
        }

        held.Add(piece);
        track.IsCopy = false;
        _shown.Append(piece);
        return piece;
    }

    private sealed class Track
    {
        public StringBuilder Text { get; } = new();

        public bool IsCopy { get; set; } = true;
    }
}
