using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Commits;

/// <summary>What came of a command.</summary>
public abstract record CommandResult
{
    private CommandResult()
    {
    }

    /// <summary>It is committed.</summary>
    public sealed record Committed(Transition Transition) : CommandResult;

    /// <summary>The chat already was as the command wanted it.</summary>
    public sealed record Unchanged(Chat Chat) : CommandResult;

    /// <summary>The rules do not allow it.</summary>
    public sealed record Refused(Refusal Refusal) : CommandResult;

    /// <summary>There is no such chat, or it is not the caller's: the two are not told apart.</summary>
    public sealed record NotFound : CommandResult;

    /// <summary>A request with the same idempotency key did it before.</summary>
    public sealed record Repeated(IdempotencyRecord Record) : CommandResult;
}
