namespace DurableChat.Models;

/// <summary>
/// Which call of which chat a request belongs to. A worker that takes over after a crash asks for the answer of the
/// same step: chat, epoch and head are the same then, generation and token are higher. Immutable.
/// </summary>
/// <param name="Chat">The chat.</param>
/// <param name="Epoch">The epoch of its history.</param>
/// <param name="Head">The last message that the model is given.</param>
/// <param name="Generation">The generation: higher with each call of the chat.</param>
/// <param name="FencingToken">The token of the worker's lease: higher with each lease of the chat.</param>
public sealed record ModelCallId(string Chat, long Epoch, long Head, long Generation, long FencingToken)
{
    /// <summary>The newest generation of this step that has failed, as far as the worker knows: its answer is of no
    /// use. 0 for none.</summary>
    public long FailedGeneration { get; init; }
}
