namespace DurableChat.Recorder.Ledgers;

/// <summary>What a request says of itself. The recorder compares these numbers, and knows nothing else of
/// chats.</summary>
/// <param name="Chat">Which conversation.</param>
/// <param name="At">Which step of it: the same for each replica that asks for the answer of the step.</param>
/// <param name="Generation">Which call of the conversation: each attempt has a higher number.</param>
/// <param name="Token">The fencing token of the caller's lease.</param>
internal sealed record Claim(string Chat, Position At, long Generation, long Token)
{
    /// <summary>The newest call that has failed: it and those before it are not replayed. 0 for none.</summary>
    public long After { get; init; }

    /// <summary>Who was given the conversation later. A rewritten history counts more than a token.</summary>
    public Fence Fence => new(At.Epoch, Token);
}
