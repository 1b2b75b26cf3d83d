namespace DurableChat.Models;

/// <summary>
/// Identifies the model call of a request. A worker that takes over after a crash requests the answer of the same step.
/// Chat, epoch and head are then the same, and generation and token are higher. Immutable.
/// </summary>
/// <param name="Chat">The id of the chat.</param>
/// <param name="Epoch">The epoch of its history.</param>
/// <param name="Head">The id of the last message that the model gets.</param>
/// <param name="Generation">The generation. It rises with each call of the chat.</param>
/// <param name="FencingToken">The token of the worker's lease. It rises with each lease of the chat.</param>
public sealed record ModelCallId(string Chat, long Epoch, long Head, long Generation, long FencingToken)
{
    /// <summary>
    /// The newest generation of this step that failed, as far as the worker knows. Its answer cannot be used. 0 for
    /// none.
    /// </summary>
    public long FailedGeneration { get; init; }
}
