namespace DurableChat.Models;

/// <summary>
/// Keeps what providers answer for longer than the worker lives that asked, so that the next one gets the same answer
/// instead of a second. Optional. Implementations are thread-safe.
/// </summary>
public interface IModelCallKeeper
{
    /// <summary>
    /// The call is over, whether its answer was stored, failed or was cancelled: it and earlier ones of the chat are
    /// not needed any more, and one that still runs ends at the provider. Called after the commit. Must neither block
    /// nor throw; it may be lost, with the process, so what is kept must have a limit of its own.
    /// </summary>
    void Forget(ModelCallId call);
}
