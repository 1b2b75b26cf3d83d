namespace DurableChat.ScaleTest.Mock;

/// <summary>An answer as it was drawn.</summary>
/// <param name="RefusedWith">The HTTP status of a refusal; null for an answer.</param>
/// <param name="BreaksAfter">After how many chunks the connection breaks; null if it does not.</param>
/// <param name="Reasoning">Chunks of reasoning.</param>
/// <param name="Text">Chunks of text; empty if tools are called.</param>
/// <param name="ToolCalls">The calls.</param>
internal sealed record MockAnswer(
    int? RefusedWith,
    int? BreaksAfter,
    IReadOnlyList<ReadOnlyMemory<byte>> Reasoning,
    IReadOnlyList<ReadOnlyMemory<byte>> Text,
    IReadOnlyList<MockToolCall> ToolCalls)
{
    public int OutputTokens => Reasoning.Count + Text.Count + ToolCalls.Count;

    /// <summary>Tokens of input, as the usage says.</summary>
    public int InputTokens(MockRequest request) => (request.InputBytes / 4) + ExtraTokens;

    /// <summary>
    /// Tokens of input that the answer costs beside those of its request: with a journal no two answers cost the same.
    /// </summary>
    public int ExtraTokens { get; init; }
}

/// <summary>A call of a tool.</summary>
/// <param name="Id">The call's id.</param>
/// <param name="Tool">What is called.</param>
internal sealed record MockToolCall(string Id, MockTool Tool);
