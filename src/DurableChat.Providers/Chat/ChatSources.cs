using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Chat;

/// <summary>
/// Collects the sources of an answer: annotations, and the lists that search providers send with each chunk. For one
/// answer; not thread-safe.
/// </summary>
/// <param name="held">Counts them.</param>
internal sealed class ChatSources(HeldContent held)
{
    private readonly List<SourcePart> _sources = [];

    /// <summary>The sources so far, each once.</summary>
    public IReadOnlyList<SourcePart> All => _sources;

    /// <summary>Reads the annotations of a delta.</summary>
    public void ReadAnnotations(JsonElement delta)
    {
        foreach (var annotation in delta.Items("annotations"))
        {
            Add(annotation.Object("url_citation") ?? annotation);
        }
    }

    /// <summary>Reads the lists next to the choices.</summary>
    public void ReadLists(JsonElement chunk)
    {
        foreach (var result in chunk.Items("search_results"))
        {
            Add(result);
        }

        foreach (var url in chunk.Items("citations"))
        {
            if (url.ValueKind == JsonValueKind.String)
            {
                Add(url.Loose(), null);
            }
            else
            {
                Add(url);
            }
        }
    }

    private void Add(JsonElement source) => Add(source.Text("url"), source.Text("title"));

    private void Add(string? url, string? title)
    {
        if (!string.IsNullOrEmpty(url) && !_sources.Exists(source => source.Url == url))
        {
            held.AddObject();
            held.Add(url);
            held.Add(title);
            _sources.Add(new SourcePart(LooseText.Whole(url), string.IsNullOrEmpty(title) ? null
                : LooseText.Whole(title)));
        }
    }
}
