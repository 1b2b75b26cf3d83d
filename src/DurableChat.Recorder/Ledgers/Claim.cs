namespace DurableChat.Recorder.Ledgers;

/// <summary>
/// The identity of a request. The recorder compares these numbers and knows nothing else about chats.
/// </summary>
/// <param name="Chat">The conversation.</param>
/// <param name="At">
/// The step of the conversation: the same for every replica that requests the answer of this step.
/// </param>
/// <param name="Generation">The call within the conversation. Each attempt has a higher number.</param>
/// <param name="Token">The fencing token of the caller's lease.</param>
internal sealed record Claim(string Chat, Position At, long Generation, long Token)
{
    /// <summary>The newest call that has failed. It and earlier calls are not replayed. 0 for none.</summary>
    public long After { get; init; }

    /// <summary>The order of leases. A rewritten history takes precedence over a token.</summary>
    public Fence Fence => new(At.Epoch, Token);
}
