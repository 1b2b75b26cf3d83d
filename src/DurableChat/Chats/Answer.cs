namespace DurableChat.Chats;

/// <summary>The result of a generation: an assistant message before it has an id. Immutable.</summary>
/// <param name="Parts">The parts of the answer. Neighbouring parts of the same kind are joined.</param>
/// <param name="FinishReason">Why the answer ends.</param>
/// <param name="Usage">What the answer cost, if known.</param>
public sealed record Answer(IReadOnlyList<MessagePart> Parts, FinishReason FinishReason, TokenUsage? Usage = null)
{
    /// <summary>
    /// The answer exactly as its provider sent it. Null if the parts are enough, or if the answer is incomplete.
    /// </summary>
    public Replay? Replay { get; init; }

    /// <summary>The instructions that hooks gave the model directly before this answer, in order.</summary>
    public IReadOnlyList<string> Instructions { get; init; } = [];

    /// <summary>
    /// True if clients may have seen parts of the generation that the answer does not begin with, because an earlier
    /// worker made them. The message then ends another generation, so that clients drop the parts.
    /// </summary>
    internal bool MayDifferFromParts { get; init; }

    /// <summary>The tool calls among the parts.</summary>
    public IEnumerable<ToolCallPart> ToolCalls => Parts.OfType<ToolCallPart>();
}
