using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Responses;

/// <summary>
/// Converts output items to parts and shows each text once: in pieces, or as a whole if there were no pieces. Not
/// thread-safe.
/// </summary>
internal sealed class ItemReader
{
    private readonly ReasoningPieces _reasoning = new();

    /// <summary>True once the model has refused to answer.</summary>
    public bool HasRefused { get; private set; }

    /// <summary>Shows a piece of an item's text.</summary>
    public ModelUpdate? Piece(OutputItem item, string kind, long place, string? text) =>
        string.IsNullOrEmpty(text) || item.Whole is not null ? null : Show(item, kind, place, text);

    /// <summary>Shows a whole text, unless its pieces have been shown.</summary>
    public ModelUpdate? WholeText(OutputItem item, string kind, long place, string? text) =>
        item.IsShown(kind, place) ? null : Piece(item, kind, place, text);

    /// <summary>Shows the content of a whole item that its pieces did not show.</summary>
    public IEnumerable<ModelUpdate> WholeItem(OutputItem item, JsonElement whole)
    {
        if (item.Whole is not null)
        {
            yield break;
        }

        var type = whole.Text("type");
        var updates = type switch
        {
            "message" => Message(item, whole),
            "reasoning" => Reasoning(item, whole),
            "image_generation_call" => Image(whole),
            "function_call" or "custom_tool_call" or null => [],
            _ => Tool(type, whole),
        };
        foreach (var update in updates)
        {
            yield return update;
        }

        item.Complete(whole);
    }

    /// <summary>Shows the sources of an item that was truncated.</summary>
    public IEnumerable<ModelUpdate> Sources(OutputItem item) => Sources(item.Annotations, []);

    private IEnumerable<ModelUpdate> Message(OutputItem item, JsonElement whole)
    {
        var content = whole.Items("content").ToArray();
        var sources = new HashSet<string>(StringComparer.Ordinal);
        for (var place = 0; place < content.Length; place++)
        {
            var kind = KindOf(content[place]);
            var text = content[place].Text(kind == ItemTexts.Refusal ? "refusal" : "text");
            if (!IsCovered(item, content, kind, place) && !string.IsNullOrEmpty(text))
            {
                yield return Show(item, kind, place, text)!;
            }

            foreach (var source in Sources(content[place].Items("annotations"), sources))
            {
                yield return source;
            }
        }

        foreach (var source in Sources(item.Annotations, sources))
        {
            yield return source;
        }
    }

    /// <summary>
    /// Pieces may lack their index, or count it differently. Then the text counts as shown if as many texts were shown
    /// as the item has.
    /// </summary>
    private static bool IsCovered(OutputItem item, JsonElement[] content, string kind, int place) =>
        item.IsShown(kind, place) || item.CountShown(kind) >= content.Count(each => KindOf(each) == kind);

    private static string KindOf(JsonElement content) =>
        content.Text("type") == "refusal" ? ItemTexts.Refusal : ItemTexts.Text;

    private IEnumerable<ModelUpdate> Sources(IEnumerable<JsonElement> annotations, HashSet<string> known)
    {
        foreach (var annotation in annotations)
        {
            // Some servers nest the citation under its type, as Chat Completions does.
            var citation = annotation.Object("url_citation") ?? annotation;
            if (citation.Text("url") is { Length: > 0 } url && known.Add(url))
            {
                _reasoning.End();
                yield return new PartUpdate(new SourcePart(url, citation.Text("title")));
            }
        }
    }

    private IEnumerable<ModelUpdate> Reasoning(OutputItem item, JsonElement whole)
    {
        var open = whole.Items("content").Select(each => each.Text("text")).ToArray();
        var summary = whole.Items("summary").Select(each => each.Text("text")).ToArray();
        var kind = item.ReasoningKind
            ?? (open.Any(text => text is { Length: > 0 }) ? ItemTexts.Reasoning : ItemTexts.Summary);
        var texts = kind == ItemTexts.Reasoning ? open : summary;
        for (var place = 0; place < texts.Length && item.CountShown(kind) < texts.Length; place++)
        {
            if (!item.IsShown(kind, place) && texts[place] is { Length: > 0 } text)
            {
                yield return Show(item, kind, place, text)!;
            }
        }
    }

    private IEnumerable<ModelUpdate> Image(JsonElement whole)
    {
        if (whole.Text("result") is { Length: > 0 } data)
        {
            _reasoning.End();
            var format = whole.Text("output_format") is { Length: > 0 } given ? given : "png";
            yield return new PartUpdate(new FilePart($"image/{(format == "jpg" ? "jpeg" : format)}", data));
        }
    }

    /// <summary>
    /// Calls of tools that the provider runs have this suffix in their type; lists and approval requests do not.
    /// </summary>
    private IEnumerable<ModelUpdate> Tool(string type, JsonElement whole)
    {
        const string Suffix = "_call";
        if (type.EndsWith(Suffix, StringComparison.Ordinal))
        {
            _reasoning.End();
            var name = whole.Text("name") ?? type[..^Suffix.Length];
            var input = ProviderTools.Known(whole.Object("action") ?? whole) ?? "";
            yield return new PartUpdate(new ProviderToolPart(name, input));
        }
    }

    private PartUpdate? Show(OutputItem item, string kind, long place, string text)
    {
        if (kind is ItemTexts.Summary or ItemTexts.Reasoning)
        {
            item.ReasoningKind ??= kind;
            if (item.ReasoningKind != kind)
            {
                return null;
            }

            item.Append(kind, place, text);
            return new PartUpdate(_reasoning.Next((item, place), text));
        }

        item.Append(kind, place, text);
        _reasoning.End();
        HasRefused |= kind == ItemTexts.Refusal;
        return new PartUpdate(kind == ItemTexts.Refusal ? new RefusalPart(text) : new TextPart(text));
    }
}
