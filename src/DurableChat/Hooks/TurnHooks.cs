using DurableChat.Chats;
using DurableChat.Models;

namespace DurableChat.Hooks;

/// <summary>Runs the hooks of a host before a turn. Thread-safe.</summary>
/// <param name="hooks">The hooks, in order.</param>
/// <param name="patience">The timeout of each hook.</param>
/// <param name="time">The clock.</param>
internal sealed class TurnHooks(IEnumerable<ITurnHook> hooks, TimeSpan patience, TimeProvider time)
{
    private readonly ITurnHook[] _hooks = [.. hooks];

    /// <summary>Runs the hooks and returns their instructions for the model.</summary>
    /// <exception cref="GenerationFailedException">A hook refused the turn, or failed.</exception>
    /// <exception cref="OperationCanceledException">The turn was stopped.</exception>
    public async Task<IReadOnlyList<string>> AskAsync(
        Chat chat,
        IReadOnlyList<Message> history,
        CancellationToken cancellationToken)
    {
        if (_hooks.Length == 0)
        {
            return [];
        }

        var instructions = new List<string>();
        var turn = new TurnContext(chat, history);
        foreach (var hook in _hooks)
        {
            switch (await AskAsync(hook, turn, cancellationToken).ConfigureAwait(false))
            {
                case TurnDecision.Refused refused:
                    throw new GenerationFailedException(
                        new ModelFailure(new ChatError(refused.Code, refused.Message, Retryable: false)), null);
                case TurnDecision.Continued { Instructions: { Length: > 0 } more }:
                    instructions.Add(more);
                    break;
            }
        }

        return instructions;
    }

    private async Task<TurnDecision> AskAsync(ITurnHook hook, TurnContext turn, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // A hook that ignores its token must not block the turn.
            return await hook.BeforeTurnAsync(turn, both.Token).AsTask().WaitAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Hooks are application code and can throw anything. Their messages go to the log only.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new GenerationFailedException(new ModelFailure(new ChatError(
                "turn_hook_failed", "The server could not prepare the turn.", Retryable: true)), exception);
        }
    }
}
