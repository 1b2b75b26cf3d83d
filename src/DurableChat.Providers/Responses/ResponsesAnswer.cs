using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Responses;

/// <summary>Reads the events of an answer. For one answer; not thread-safe.</summary>
internal sealed class ResponsesAnswer(Provider provider, Func<JsonElement, ModelException> explain, HeldContent held)
{
    private readonly OutputItems _items = new(held);
    private readonly ItemReader _reader = new();

    /// <summary>True once the answer is complete.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Reads an event.</summary>
    /// <exception cref="ModelException">The provider reports an error, or a call cannot be run.</exception>
    public IEnumerable<ModelUpdate> Read(string type, JsonElement data)
    {
        switch (data.Text("type") ?? type)
        {
            case "response.output_item.added":
                held.Add(data);
                Begin(data);
                return [];
            case "response.output_item.done" when data.Object("item") is { } item:
                held.Add(data);
                return _reader.WholeItem(_items.Of(data), item);
            case "response.output_text.annotation.added" when data.Object("annotation") is { } annotation:
                held.Add(data);
                _items.Of(data).Annotations.Add(annotation);
                return [];
            case "response.function_call_arguments.delta" when data.Text("delta") is { } piece:
                _items.Of(data).AppendArguments(piece, isWhole: false);
                return [];
            case "response.function_call_arguments.done" when data.Text("arguments") is { } arguments:
                _items.Of(data).AppendArguments(arguments, isWhole: true);
                return [];
            case "response.completed" or "response.incomplete" or "response.failed":
            case "response.cancelled" or "response.done" or "response":
                return End(data.Text("type") ?? type, data.Object("response") ?? data);
            case "error" or "response.error":
                throw Failure(data);
            case { Length: > 0 } text:
                return ReadText(text, data);
            default:
                return ReadUntyped(data);
        }
    }

    /// <summary>A server that does not stream sends the whole response; a gateway sends an error.</summary>
    private IEnumerable<ModelUpdate> ReadUntyped(JsonElement data) =>
        data.Error() is not null
            ? throw Failure(data)
            : data.Text("object") == "response" || data.Items("output").Any() ? End("response", data) : [];

    private IEnumerable<ModelUpdate> ReadText(string type, JsonElement data)
    {
        var (kind, isPiece) = type switch
        {
            "response.output_text.delta" => (ItemTexts.Text, true),
            "response.output_text.done" => (ItemTexts.Text, false),
            "response.refusal.delta" => (ItemTexts.Refusal, true),
            "response.refusal.done" => (ItemTexts.Refusal, false),
            "response.reasoning_summary_text.delta" => (ItemTexts.Summary, true),
            "response.reasoning_summary_text.done" => (ItemTexts.Summary, false),
            "response.reasoning_text.delta" or "response.reasoning.delta" => (ItemTexts.Reasoning, true),
            "response.reasoning_text.done" or "response.reasoning.done" => (ItemTexts.Reasoning, false),
            _ => ("", false),
        };
        if (kind.Length == 0)
        {
            return [];
        }

        var place = data.Number(kind == ItemTexts.Summary ? "summary_index" : "content_index") ?? 0;
        var text = data.Text(isPiece ? "delta" : kind == ItemTexts.Refusal ? "refusal" : "text");
        var item = _items.Of(data);
        var update = isPiece ? _reader.Piece(item, kind, place, text) : _reader.WholeText(item, kind, place, text);
        return update is null ? [] : [update];
    }

    private void Begin(JsonElement data)
    {
        if (data.Object("item") is { } item)
        {
            _items.Begin(data).Begin(item);
        }
    }

    private IEnumerable<ModelUpdate> End(string type, JsonElement response)
    {
        held.Add(response);
        if (ResponsesUsage.Read(response) is { } usage)
        {
            yield return new UsageUpdate(usage) { Model = response.Text("model") };
        }

        var status = response.Text("status") is "completed" or "incomplete" or "failed" or "cancelled"
            ? response.Text("status")
            : type[(type.LastIndexOf('.') + 1)..];
        if (status is "failed" or "cancelled")
        {
            throw Failure(response);
        }

        var output = response.Items("output").Where(item => item.ValueKind == JsonValueKind.Object);
        foreach (var (item, place) in output.Select((item, place) => (item, place)))
        {
            foreach (var update in _reader.WholeItem(_items.At(place, item), item))
            {
                yield return update;
            }
        }

        foreach (var update in status == "incomplete" ? Cut(response) : Whole())
        {
            yield return update;
        }

        IsEnded = true;
    }

    /// <summary>
    /// Ends a truncated answer. A call may be incomplete, and reasoning may lack what it led to, so only the text and
    /// its sources are kept.
    /// </summary>
    private IEnumerable<ModelUpdate> Cut(JsonElement response) =>
    [
        .. _items.InOrder.Where(item => item.Whole is null).SelectMany(_reader.Sources),
        new EndUpdate(response.Object("incomplete_details")?.Text("reason") == "content_filter"
            ? FinishReason.ContentFilter
            : FinishReason.Length),
    ];

    private IEnumerable<ModelUpdate> Whole()
    {
        var items = _items.InOrder;
        foreach (var item in items)
        {
            item.Assemble();
        }

        var whole = items.Select(item => item.Whole).OfType<JsonElement>().ToList();
        var calls = whole.Where(item => item.Text("type") == "function_call").Select(Call).ToList();
        return
        [
            .. calls.Select(call => new PartUpdate(call)),
            new EndUpdate(
                calls.Count > 0 ? FinishReason.ToolCalls
                : _reader.HasRefused ? FinishReason.ContentFilter
                : FinishReason.Stop,
                Keep(whole, calls)),
        ];
    }

    private static ToolCallPart Call(JsonElement item)
    {
        var arguments = item.Text("arguments") ?? item.Object("arguments")?.GetRawText();
        arguments = string.IsNullOrWhiteSpace(arguments) ? "{}" : arguments;
        return item.Text("name") is { Length: > 0 } name && RawJson.IsObject(arguments)
            ? new ToolCallPart(item.Text("call_id") ?? "", name, arguments)
            : throw new ModelException(ModelErrors.BrokenCall);
    }

    /// <summary>
    /// The replay of an answer; null if its items cannot be sent back. Reasoning that is neither encrypted nor readable
    /// is only a reference to the provider's store, which is not used, and later items depend on it. Calls without ids
    /// of their own could not get a result.
    /// </summary>
    private Replay? Keep(List<JsonElement> items, List<ToolCallPart> calls)
    {
        var last = items.FindLastIndex(item => item.Text("type") != "reasoning");
        var areCallsNamed = calls.TrueForAll(call => call.CallId.Length > 0)
            && calls.DistinctBy(call => call.CallId).Count() == calls.Count;
        return areCallsNamed && !items.Exists(IsReference)
            ? provider.Keep([.. items.Take(last + 1).Select(item => item.GetRawText())])
            : null;
    }

    private static bool IsReference(JsonElement item) =>
        item.Text("type") == "reasoning"
        && item.Text("encrypted_content") is not { Length: > 0 }
        && !item.Items("content").Any();

    /// <summary>
    /// Uses the error's own members, because the response also repeats the request. If there are none, uses all of a
    /// flat event.
    /// </summary>
    private ModelException Failure(JsonElement data)
    {
        var holder = data.Object("response") ?? data;
        return holder.Error() is { } error ? explain(error)
            : holder.Text("object") == "response" || holder.Items("output").Any()
                ? new ModelException(ModelErrors.OfStatus(503))
            : explain(holder);
    }
}
