using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Messages;

/// <summary>Reads the events of one round of an answer. For one round; not thread-safe.</summary>
/// <param name="turn">The answer to which it adds.</param>
/// <param name="explain">Creates the exception for an error that the provider reports.</param>
/// <param name="held">Counts the memory held until the end.</param>
internal sealed class MessagesAnswer(MessagesTurn turn, Func<JsonElement, ModelException> explain, HeldContent held)
{
    private readonly Dictionary<long, ContentBlock> _open = [];
    private readonly HashSet<ContentBlock> _repeated = [];
    private readonly MessagesUsage _usage = new();
    private long _lastIndex = -1;

    /// <summary>True after the last event.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>The stop reason; null before it arrives.</summary>
    public string? StopReason { get; private set; }

    /// <summary>The usage of the round; null if the provider did not report it.</summary>
    public TokenUsage? Usage => _usage.Total;

    /// <summary>
    /// True if the answer is complete. The last event may be missing, since the reason follows all content.
    /// </summary>
    public bool IsWhole => IsEnded || StopReason is not null;

    /// <summary>Reads an event.</summary>
    /// <exception cref="ModelException">The provider reports an error.</exception>
    public IEnumerable<ModelUpdate> Read(string type, JsonElement data)
    {
        switch (data.Text("type") ?? type)
        {
            case "message_start":
                return Count(data.Object("message") ?? data);
            case "content_block_start" when data.Object("content_block") is { } block:
                held.Add(data);
                return Begin(data.Number("index") ?? _lastIndex + 1, block);
            case "content_block_delta" when data.Object("delta") is { } delta:
                return Continue(data.Number("index") ?? _lastIndex, delta);
            case "content_block_stop":
                return Stop(data.Number("index") ?? _lastIndex);
            case "message_delta":
                StopReason = data.Object("delta")?.Text("stop_reason") ?? StopReason;
                return Count(data);
            case "message_stop":
                return End();
            case "message":
                return Whole(data);
            case "error":
                throw explain(data.Error() ?? data);
            default:
                return data.Error() is { } error ? throw explain(error) : [];
        }
    }

    /// <summary>Ends blocks whose end events are missing.</summary>
    public IEnumerable<ModelUpdate> StopAll() => [.. _open.Keys.Order().ToArray().SelectMany(Stop)];

    /// <summary>A server that does not stream sends the whole message.</summary>
    private IEnumerable<ModelUpdate> Whole(JsonElement message)
    {
        held.Add(message);
        StopReason = message.Text("stop_reason");
        var updates = Count(message).ToList();
        foreach (var block in message.Items("content").Where(block => block.ValueKind == JsonValueKind.Object))
        {
            updates.AddRange(Begin(0, block));
            updates.AddRange(Stop(0));
        }

        return [.. updates, .. End()];
    }

    private IEnumerable<ModelUpdate> Count(JsonElement holder) =>
        _usage.Add(holder)
            ? [new UsageUpdate(TokenUsage.Add(turn.UsageBefore, _usage.Total)!) { Model = holder.Text("model") }]
            : [];

    private List<ModelUpdate> Begin(long index, JsonElement start)
    {
        // A server that gives all blocks the same index, or does not end them.
        var updates = Stop(index).ToList();
        var block = new ContentBlock(start);
        _open[index] = block;
        _lastIndex = index;
        if (turn.Add(block))
        {
            updates.AddRange(Show(block, start));
        }
        else
        {
            _repeated.Add(block);
        }

        return updates;
    }

    private IEnumerable<ModelUpdate> Continue(long index, JsonElement delta)
    {
        var updates = new List<ModelUpdate>();
        if (!_open.TryGetValue(index, out var block))
        {
            if (KindOf(delta) is not { } kind)
            {
                return [];
            }

            held.AddObject();
            var start = new JsonObject { ["type"] = kind };
            updates.AddRange(Begin(index, JsonSerializer.SerializeToElement<JsonNode>(start)));
            block = _open[index];
        }

        block.Append(delta, held);
        return _repeated.Contains(block) ? updates : updates.Concat(Show(block, delta));
    }

    /// <summary>
    /// The type of block to which a piece without a start belongs; null if the piece is not sufficient to begin a
    /// block.
    /// </summary>
    private static string? KindOf(JsonElement delta) => delta.Text("type") switch
    {
        "text_delta" => "text",
        "thinking_delta" or "signature_delta" => "thinking",
        _ => null,
    };

    /// <summary>Shows the text of a start or a piece.</summary>
    private IEnumerable<ModelUpdate> Show(ContentBlock block, JsonElement piece)
    {
        if (block.Type == "thinking" && piece.Text("thinking") is { Length: > 0 } thought)
        {
            return [new PartUpdate(turn.Reasoning.Next(block, thought))];
        }

        if (block.Type == "text" && piece.Text("text") is { Length: > 0 } text)
        {
            turn.Reasoning.End();
            return [new PartUpdate(new TextPart(text))];
        }

        return [];
    }

    private IEnumerable<ModelUpdate> Stop(long index)
    {
        if (!_open.Remove(index, out var block) || _repeated.Contains(block))
        {
            return [];
        }

        block.IsStopped = true;
        if (block.Type is "server_tool_use" or "mcp_tool_use")
        {
            turn.Reasoning.End();
            return [new PartUpdate(new ProviderToolPart(block.Name, Describe(block.Input)))];
        }

        return block.Citations
            .Select(citation => (Url: citation.Text("url") ?? citation.Text("source"), Title: citation.Text("title")))
            .Where(source => IsAddress(source.Url))
            .DistinctBy(source => source.Url)
            .Select(source => new PartUpdate(new SourcePart(source.Url!, source.Title)));
    }

    private static bool IsAddress(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";

    private static string Describe(string input)
    {
        if (!RawJson.IsObject(input))
        {
            return input;
        }

        using var json = JsonDocument.Parse(input);
        return ProviderTools.Describe(json.RootElement);
    }

    private IEnumerable<ModelUpdate> End()
    {
        IsEnded = true;
        return StopAll();
    }
}
