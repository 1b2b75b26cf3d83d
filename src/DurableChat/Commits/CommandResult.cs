using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Commits;

/// <summary>The result of a command.</summary>
public abstract record CommandResult
{
    private CommandResult()
    {
    }

    /// <summary>The command is committed.</summary>
    public sealed record Committed(Transition Transition) : CommandResult;

    /// <summary>The chat was already as the command requests.</summary>
    public sealed record Unchanged(Chat Chat) : CommandResult;

    /// <summary>The rules do not allow the command.</summary>
    public sealed record Refused(Refusal Refusal) : CommandResult;

    /// <summary>
    /// The chat does not exist or is not the caller's. The two cases are deliberately indistinguishable.
    /// </summary>
    public sealed record NotFound : CommandResult;

    /// <summary>An earlier request with the same idempotency key has run the command.</summary>
    public sealed record Repeated(IdempotencyRecord Record) : CommandResult;
}
