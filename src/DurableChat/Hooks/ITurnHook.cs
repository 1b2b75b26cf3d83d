namespace DurableChat.Hooks;

/// <summary>
/// Is asked before a turn's first model call: it may refuse the turn, or add instructions for the model. Asked again if that call is repeated after a failure, and when another replica takes the turn
/// over, so it must give the same answer, or one that is as good. Called for many chats at once: thread-safe.
/// </summary>
public interface ITurnHook
{
    /// <summary>Decides. A hook that throws, or takes longer than <c>Worker:ModelSilence</c>, counts as a failed attempt of the model call, which is tried again.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="cancellationToken">Cancelled when the turn is stopped, or the hook has taken too long.</param>
    ValueTask<TurnDecision> BeforeTurnAsync(TurnContext turn, CancellationToken cancellationToken);
}
