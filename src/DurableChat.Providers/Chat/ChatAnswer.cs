using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Chat;

/// <summary>
/// Reads a Chat Completions answer, in chunks or as a whole. Only the first choice counts. For one answer; not
/// thread-safe.
/// </summary>
/// <param name="rules">The server's deviations from the protocol.</param>
/// <param name="provider">The provider of the answer.</param>
/// <param name="parsesThinkTags">Whether text between think tags is reasoning.</param>
/// <param name="explain">Creates an exception for an error that the server reports.</param>
/// <param name="held">Counts the memory held until the end.</param>
internal sealed class ChatAnswer(
    ChatRules rules,
    Provider provider,
    bool parsesThinkTags,
    Func<JsonElement, ModelException> explain,
    HeldContent held)
{
    private const string ThoughtStart = "<thought>", ThoughtEnd = "</thought>";

    private readonly ChatReasoning _reasoning = new(held);
    private readonly Halves _thought = new(), _text = new();
    private readonly ChatContent _content = new(held);
    private readonly ChatCalls _calls = new(held);
    private readonly ChatSources _sources = new(held);
    private readonly ChatPictures _pictures = new(held);
    private readonly ThinkTags? _tags = parsesThinkTags ? new ThinkTags() : null;
    private JsonObject? _extra;
    private string? _reason;
    private bool _isWhole, _hasOutput, _hasRefusal, _isAfterThought;

    /// <summary>True once the server has sent the finish reason: only usage follows.</summary>
    public bool IsEnded => _reason is not null && !ChatFinish.IsError(_reason);

    /// <summary>Reads a chunk.</summary>
    /// <exception cref="ModelException">The chunk is an error, and the answer had not ended.</exception>
    public IEnumerable<ModelUpdate> Read(string type, JsonElement chunk)
    {
        // Google wraps errors in a list.
        chunk = chunk.ValueKind == JsonValueKind.Array && chunk.GetArrayLength() > 0 ? chunk[0] : chunk;
        if (ChatUsage.Read(chunk, rules) is { } usage)
        {
            yield return new UsageUpdate(usage) { Model = chunk.Text("model") };
        }

        var wasEnded = IsEnded;
        foreach (var part in chunk.Items("choices").Where(choice => (choice.Number("index") ?? 0) == 0)
            .SelectMany(ReadChoice))
        {
            yield return new PartUpdate(part);
        }

        _sources.ReadLists(chunk);
        if (!wasEnded && ChatErrors.Of(type, chunk) is { } error)
        {
            throw explain(error);
        }
    }

    /// <summary>Reads the end.</summary>
    /// <param name="isDone">
    /// Whether the server sent an end marker. Then the answer is complete even without a finish reason.
    /// </param>
    /// <exception cref="ModelException">The answer broke off, or contains a tool call that cannot be read.</exception>
    public IEnumerable<ModelUpdate> End(bool isDone)
    {
        if (_tags?.Flush() is { } left)
        {
            yield return new PartUpdate(left.IsReasoning ? new ReasoningPart(left.Text) : new TextPart(left.Text));
        }

        RefuseBroken(isDone);
        foreach (var source in _sources.All)
        {
            yield return new PartUpdate(source);
        }

        var calls = FinishCalls();
        foreach (var (call, arguments) in calls)
        {
            yield return new PartUpdate(new ToolCallPart(call.Id, call.Name, arguments));
        }

        yield return new EndUpdate(ChatFinish.Map(_reason, calls.Count > 0, _hasRefusal), Keep(calls));
    }

    private void RefuseBroken(bool isDone)
    {
        if (ChatFinish.IsError(_reason) || (ChatFinish.IsAbandoned(_reason) && !_hasOutput))
        {
            throw new ModelException(ModelErrors.OfStatus(503));
        }

        if (ChatFinish.IsBrokenCall(_reason) && !_hasOutput)
        {
            throw new ModelException(ModelErrors.BrokenCall);
        }

        // Some servers never send a finish reason. An end marker after output is sufficient; a marker alone is not an
        // answer.
        if (!IsEnded && !_isWhole && !(isDone && _hasOutput))
        {
            throw new ModelException(ModelErrors.BrokenOff);
        }
    }

    private IEnumerable<MessagePart> ReadChoice(JsonElement choice)
    {
        // Some servers send "null" or "none" as a string before there is a reason.
        _reason = choice.Text("finish_reason") is { Length: > 0 } reason and not ("null" or "none" or "None")
            ? reason
            : _reason;
        if (choice.Object("delta") is { } delta)
        {
            return ReadMessage(delta);
        }

        // A server that does not stream sends a whole message. After pieces, the message repeats them.
        _isWhole |= choice.Object("message") is not null;
        return !_hasOutput && choice.Object("message") is { } message ? ReadMessage(message) : [];
    }

    private List<MessagePart> ReadMessage(JsonElement message)
    {
        var parts = new List<MessagePart>();
        AddReasoning(parts, _reasoning.Read(message));
        var isThought = ReadExtra(message);
        if (message.ValueKind == JsonValueKind.Object && message.TryGetProperty("content", out var content))
        {
            ReadContent(parts, content, isThought);
        }

        if (message.Text("refusal") is { Length: > 0 } refusal)
        {
            _hasRefusal = true;
            parts.Add(new RefusalPart(LooseText.Whole(refusal)));
        }

        parts.AddRange(message.Items("images").Select(_pictures.Read).OfType<MessagePart>());
        _sources.ReadAnnotations(message);
        _calls.Read(message);
        _hasOutput |= parts.Count > 0 || _calls.Any;
        return parts;
    }

    private void ReadContent(List<MessagePart> parts, JsonElement content, bool isThought)
    {
        switch (content.ValueKind)
        {
            case JsonValueKind.String when content.Loose() is { Length: > 0 } text:
                AddText(parts, text, isThought);
                break;
            case JsonValueKind.Array:
                foreach (var block in content.EnumerateArray())
                {
                    ReadContent(parts, block, isThought);
                }

                break;
            case JsonValueKind.Object when content.Text("type") is "thinking" or "reasoning":
                var thought = ChatContent.ThoughtOf(content);
                _content.AddThought(content, thought);
                AddReasoning(parts, thought);
                break;
            case JsonValueKind.Object when _pictures.Read(content) is { } picture:
                parts.Add(picture);
                break;
            case JsonValueKind.Object when content.Text("refusal") is { Length: > 0 } refusal:
                _hasRefusal = true;
                parts.Add(new RefusalPart(LooseText.Whole(refusal)));
                break;
            case JsonValueKind.Object when content.Text("text") is { Length: > 0 } text:
                AddText(parts, text, isThought);
                break;
        }
    }

    private void AddText(List<MessagePart> parts, string text, bool isThought)
    {
        if (isThought)
        {
            // Gemini marks the chunk, and also puts tags around the thought.
            _isAfterThought = true;
            AddReasoning(parts, Without(Without(text, ThoughtStart), ThoughtEnd));
            return;
        }

        text = _isAfterThought && text.StartsWith(ThoughtEnd, StringComparison.Ordinal)
            ? text[ThoughtEnd.Length..] : text;
        _isAfterThought = false;
        if (text.Length == 0)
        {
            return;
        }

        _content.AddText(text);
        text = _text.Next(text);

        // Text that is held back counts as output too.
        _hasOutput = true;
        if (_tags is null)
        {
            if (text.Length > 0)
            {
                parts.Add(new TextPart(text));
            }

            return;
        }

        parts.AddRange(_tags.Read(text)
            .Select(piece =>
                piece.IsReasoning ? (MessagePart)new ReasoningPart(piece.Text) : new TextPart(piece.Text)));
    }

    private static string Without(string text, string tag) => text.Replace(tag, "", StringComparison.Ordinal);

    private void AddReasoning(List<MessagePart> parts, string text)
    {
        if (text.Length > 0 && (text = _thought.Next(text)).Length > 0)
        {
            parts.Add(new ReasoningPart(text));
        }
    }

    /// <summary>Keeps Gemini's signature of the text. True if the text is reasoning.</summary>
    private bool ReadExtra(JsonElement message)
    {
        if (message.Object("extra_content") is not { } extra)
        {
            return false;
        }

        if (extra.EnumerateObject().Any(vendor => IsThought(vendor.Value)))
        {
            return true;
        }

        held.Add(extra);
        ProviderConnection.Merge(_extra ??= [], extra.Copy()!.AsObject());
        return false;
    }

    private static bool IsThought(JsonElement vendor) =>
        vendor.ValueKind == JsonValueKind.Object
        && vendor.TryGetProperty("thought", out var thought) && thought.ValueKind == JsonValueKind.True;

    /// <summary>
    /// The calls that can run. A truncated answer has none unless all of its calls are complete: empty arguments may
    /// have been truncated, too.
    /// </summary>
    private List<(ChatCall Call, string Arguments)> FinishCalls()
    {
        var calls = _calls.Finish(MakeId);
        if (ChatFinish.IsFiltered(_reason)
            || (ChatFinish.IsCut(_reason) && !calls.All(call => call.IsWhole() && call.Name.Length > 0)))
        {
            return [];
        }

        return [.. calls.Select(call => (call, ArgumentsOf(call)))];
    }

    private static string ArgumentsOf(ChatCall call) =>
        call.Name.Length > 0 && call.Whole() is { } arguments
            ? LooseText.Whole(arguments) : throw new ModelException(ModelErrors.BrokenCall);

    /// <summary>
    /// The answer as it must be sent back; null if its parts already contain all of it, or nothing of it may be sent.
    /// </summary>
    private Replay? Keep(List<(ChatCall Call, string Arguments)> calls)
    {
        var hasMore = _reasoning.IsKept || _content.HasThought || _extra is not null || _tags is { AreFound: true }
            || calls.Exists(call => call.Call.Extra is not null);
        if (!hasMore || (calls.Count == 0 && !_content.HasText))
        {
            return null;
        }

        var written = calls.Select(call =>
        {
            var json = ChatMessages.CallOf(call.Call.Id, call.Call.Name, call.Arguments);
            ProviderConnection.Merge(json, call.Call.Extra ?? []);
            return (JsonNode)json;
        });
        var answer = ChatMessages.AnswerOf(_content.Write(), [.. written], rules);
        _reasoning.Write(answer, rules.ReasoningField);
        if (_extra is not null)
        {
            answer["extra_content"] = _extra;
        }

        return provider.Keep([ProviderJson.Write(answer)]);
    }

    private static string MakeId() => $"call_{Guid.CreateVersion7():N}";
}
