using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Chat;

/// <summary>
/// Assembles the calls of an answer from their pieces. Servers number all calls 0, skip numbers or omit them, and
/// repeat ids and names with each piece or omit them. For one answer; not thread-safe.
/// </summary>
/// <param name="held">Counts them.</param>
internal sealed class ChatCalls(HeldContent held)
{
    private readonly List<ChatCall> _calls = [];

    /// <summary>True if any piece has arrived.</summary>
    public bool Any => _calls.Count > 0;

    /// <summary>Reads the calls of one delta.</summary>
    public void Read(JsonElement delta)
    {
        HashSet<ChatCall> seen = [];
        foreach (var piece in PiecesOf(delta))
        {
            Read(piece, seen);
        }
    }

    /// <summary>The calls in order, with ids that are unique among them. Frames without content are skipped.</summary>
    /// <param name="makeId">Creates an id.</param>
    public IReadOnlyList<ChatCall> Finish(Func<string> makeId)
    {
        HashSet<string> ids = new(StringComparer.Ordinal);
        _calls.RemoveAll(call => call.IsEmpty);
        foreach (var call in _calls)
        {
            call.Id = string.IsNullOrWhiteSpace(call.Id) || !ids.Add(call.Id) ? makeId() : call.Id;
        }

        return _calls;
    }

    private static IEnumerable<JsonElement> PiecesOf(JsonElement delta)
    {
        // The field for calls in the first version of the API.
        IEnumerable<JsonElement> single = delta.Object("function_call") is { } old ? [old] : [];
        return delta.Object("tool_calls") is { } one ? [one]
            : delta.Items("tool_calls").Concat(single).Where(piece => piece.ValueKind == JsonValueKind.Object);
    }

    private void Read(JsonElement piece, HashSet<ChatCall> seen)
    {
        var function = piece.Object("function") ?? piece;
        var (index, id, name) = (piece.Number("index"), LooseText.Whole(piece.Text("id") ?? ""),
            LooseText.Whole(function.Text("name") ?? ""));
        var arguments = ArgumentsOf(function);
        var call = Find(index, id, name);
        if (call is null || BeginsAnother(call, id, name, arguments, seen.Contains(call)))
        {
            held.AddObject();
            _calls.Add(call = new ChatCall(index));
        }

        held.Add(arguments);

        seen.Add(call);
        call.Id = call.Id.Length == 0 ? id : call.Id;
        call.Name = call.Name == name ? name : call.Name + name;
        call.Append(arguments);
        foreach (var field in (string[])["extra_content", "provider_specific_fields"])
        {
            if (piece.Object(field) is { } extra)
            {
                held.Add(extra);
                ProviderConnection.Merge(call.Extra ??= [],
                    new JsonObject { [field] = extra.Copy() });
            }
        }
    }

    private ChatCall? Find(long? index, string id, string name)
    {
        if (index is not null && _calls.FindLast(call => call.Index == index) is { } numbered)
        {
            return numbered;
        }

        if (index is null && id.Length > 0 && _calls.FindLast(call => call.Id == id) is { } named)
        {
            return named;
        }

        // A piece without an id, a name and an index continues the call before it. So does one whose index arrives
        // late.
        return index is null || (id.Length == 0 && name.Length == 0) ? _calls.LastOrDefault() : null;
    }

    private static bool BeginsAnother(ChatCall call, string id, string name, string arguments, bool isSeen)
    {
        if (id.Length > 0 && call.Id.Length > 0 && id != call.Id)
        {
            return true;
        }

        if (name.Length > 0 && call.Name.Length > 0 && name != call.Name)
        {
            // A piece that follows an id, before any argument and without an id of its own, is the rest of a name that
            // arrives in pieces.
            return isSeen || call.Index is null || call.Id.Length == 0 || id.Length > 0 || !call.IsBlank;
        }

        // The same name again, and perhaps the same id: this server repeats them with each piece, unless the previous
        // call is complete.
        return name.Length > 0 && call.Name.Length > 0
            && (isSeen || (arguments.AsSpan().TrimStart() is ['{', ..] && call.IsWhole()));
    }

    private static string ArgumentsOf(JsonElement function) =>
        !function.TryGetProperty("arguments", out var arguments) ? ""
        : arguments.ValueKind switch
        {
            JsonValueKind.String => arguments.Loose(),
            JsonValueKind.Object or JsonValueKind.Array => arguments.GetRawText(),
            _ => "",
        };
}
