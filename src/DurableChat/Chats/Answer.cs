namespace DurableChat.Chats;

/// <summary>What a generation gave: an assistant message before it has an id. Immutable.</summary>
/// <param name="Parts">Its parts, neighbours of one kind joined.</param>
/// <param name="FinishReason">Why it ends.</param>
/// <param name="Usage">What it cost, if known.</param>
public sealed record Answer(IReadOnlyList<MessagePart> Parts, FinishReason FinishReason, TokenUsage? Usage = null)
{
    /// <summary>The answer exactly as its provider sent it; null if the parts are enough, or it is not whole.</summary>
    public Replay? Replay { get; init; }

    /// <summary>What hooks told the model right before it, in order.</summary>
    public IReadOnlyList<string> Instructions { get; init; } = [];

    /// <summary>The tool calls among the parts.</summary>
    public IEnumerable<ToolCallPart> ToolCalls => Parts.OfType<ToolCallPart>();
}
