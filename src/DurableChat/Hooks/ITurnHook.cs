namespace DurableChat.Hooks;

/// <summary>
/// Runs before a turn's first model call. It can refuse the turn, or add instructions for the model. It runs again if
/// that call is retried after a failure, and when another replica takes over the turn, so it must give the same or an
/// equivalent answer each time. Called for many chats concurrently: implementations must be thread-safe.
/// </summary>
public interface ITurnHook
{
    /// <summary>
    /// Decides on a turn. A hook that throws, or that takes longer than <c>Worker:ModelSilence</c>, counts as a failed
    /// attempt of the model call, which is then retried.
    /// </summary>
    /// <param name="turn">The turn.</param>
    /// <param name="cancellationToken">Cancelled when the turn is stopped or the hook times out.</param>
    ValueTask<TurnDecision> BeforeTurnAsync(TurnContext turn, CancellationToken cancellationToken);
}
