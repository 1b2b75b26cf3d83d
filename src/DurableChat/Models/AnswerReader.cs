using DurableChat.Chats;
using Microsoft.Extensions.AI;

namespace DurableChat.Models;

/// <summary>Reads a model's updates as parts, and remembers what the whole answer needs besides them. For one answer; not thread-safe.</summary>
/// <param name="makeCallId">Makes an id for a tool call to which the provider gave none, or one that was used before.</param>
public sealed class AnswerReader(Func<string> makeCallId)
{
    private readonly HashSet<string> _callIds = new(StringComparer.Ordinal);
    private FinishReason? _reason;
    private long? _inputTokens;
    private long? _outputTokens;

    /// <summary>Why the answer ends, as far as known. A client that does not tell, as one that is written for tests, ends its calls for their results.</summary>
    public FinishReason FinishReason => _reason ?? (_callIds.Count > 0 ? FinishReason.ToolCalls : FinishReason.Stop);

    /// <summary>What the provider counted; null if it did not tell.</summary>
    public TokenUsage? Usage => _inputTokens is null && _outputTokens is null ? null : new TokenUsage(_inputTokens ?? 0, _outputTokens ?? 0);

    /// <summary>The parts of one update.</summary>
    /// <exception cref="ModelException">The update says that the model failed, or has a tool call whose arguments are not JSON.</exception>
    public IReadOnlyList<MessagePart> Read(ChatResponseUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        if (update.FinishReason is { } reason)
        {
            _reason = MapReason(reason);
        }

        var parts = new List<MessagePart>(update.Contents.Count);
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextReasoningContent { Text.Length: > 0 } reasoning:
                    parts.Add(new ReasoningPart(reasoning.Text));
                    break;
                case TextContent { Text.Length: > 0 } text:
                    parts.Add(new TextPart(text.Text));
                    break;
                case FunctionCallContent { Exception: not null } broken:
                    // An answer that was cut off in the middle of a call. To run it without its arguments could do something else than what was asked for.
                    throw new ModelException(new ModelFailure(new ChatError("model_bad_response", "The model called a tool with arguments that are not JSON.", Retryable: true)), broken.Exception);
                case FunctionCallContent call:
                    parts.Add(new ToolCallPart(UniqueId(call.CallId), call.Name, ToolArguments.Write(call.Arguments)));
                    break;
                case UsageContent usage:
                    _inputTokens = usage.Details.InputTokenCount ?? _inputTokens;
                    _outputTokens = usage.Details.OutputTokenCount ?? _outputTokens;
                    break;
                case ErrorContent:
                    throw new ModelException("model_failed", "The model reported an error.", retryable: true);
            }
        }

        return parts;
    }

    private string UniqueId(string? given)
    {
        var id = string.IsNullOrEmpty(given) ? makeCallId() : given;
        while (!_callIds.Add(id))
        {
            id = makeCallId();
        }

        return id;
    }

    private static FinishReason MapReason(ChatFinishReason reason) =>
        reason == ChatFinishReason.Length ? FinishReason.Length
        : reason == ChatFinishReason.ContentFilter ? FinishReason.ContentFilter
        : reason == ChatFinishReason.ToolCalls ? FinishReason.ToolCalls
        : FinishReason.Stop;
}
