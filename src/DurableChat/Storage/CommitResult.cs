namespace DurableChat.Storage;

/// <summary>The result of a commit.</summary>
public abstract record CommitResult
{
    private CommitResult()
    {
    }

    /// <summary>The transition is written and durable.</summary>
    public sealed record Committed : CommitResult;

    /// <summary>
    /// Nothing is written. The stored version or fencing token differs, the chat is gone, or a new chat already exists.
    /// </summary>
    public sealed record Conflict : CommitResult;

    /// <summary>
    /// Nothing is written. The owner of the new chat has reached <see cref="Chats.Transition.MaxChatsOfOwner"/>, and
    /// has no chat with its id.
    /// </summary>
    public sealed record TooManyChats : CommitResult;

    /// <summary>Nothing is written. An earlier request with the same idempotency key was committed.</summary>
    /// <param name="Record">The record of that request.</param>
    public sealed record Repeated(IdempotencyRecord Record) : CommitResult;
}
