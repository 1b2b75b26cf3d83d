namespace DurableChat.Storage;

/// <summary>What came of a commit.</summary>
public abstract record CommitResult
{
    private CommitResult()
    {
    }

    /// <summary>It is written and durable.</summary>
    public sealed record Committed : CommitResult;

    /// <summary>Nothing is written: the stored version or fencing token is another, the chat is gone, or (for a new chat) it exists.</summary>
    public sealed record Conflict : CommitResult;

    /// <summary>Nothing is written: the owner of the new chat has as many as <see cref="Chats.Transition.MaxChatsOfOwner"/> allows, and none with its id.</summary>
    public sealed record TooManyChats : CommitResult;

    /// <summary>Nothing is written: an earlier request with the same idempotency key has been.</summary>
    /// <param name="Record">What that request did.</param>
    public sealed record Repeated(IdempotencyRecord Record) : CommitResult;
}
