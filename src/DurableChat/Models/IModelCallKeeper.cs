namespace DurableChat.Models;

/// <summary>
/// Keeps providers' answers beyond the life of the worker that requested them, so that the next worker gets the same
/// answer instead of a second one. Optional. Implementations must be thread-safe.
/// </summary>
public interface IModelCallKeeper
{
    /// <summary>
    /// Called after the commit that ends the call, whether its answer was stored, failed or was cancelled. The answers
    /// of this call and of earlier calls of the chat are no longer needed. A call that is still running ends at the
    /// provider. Must neither block nor throw. The process may end before this is called, so the implementation needs
    /// its own expiry.
    /// </summary>
    void Forget(ModelCallId call);
}
