using DurableChat.AspNetCore.Wire;

namespace DurableChat.AspNetCore.Bodies;

/// <summary>
/// What one request has taken of the budget. It is given back when the claim is disposed. Not thread-safe.
/// </summary>
internal sealed class BodyClaim(BodyBudget budget, string owner) : IDisposable
{
    private long _held;

    /// <summary>Takes more; gives the reason if there is no room.</summary>
    public BodyRefusal? TryGrow(long bytes)
    {
        (_held, var refusal) = budget.TryTake(owner, _held, bytes);
        return refusal;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        budget.Give(owner, _held);
        _held = 0;
    }
}
