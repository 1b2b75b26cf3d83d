using DurableChat.Chats;

namespace DurableChat.Hooks;

/// <summary>That something was committed to a chat. It carries no messages, so that nothing piles up behind a slow hook: <see cref="ChatService.ReadMessagesAsync"/> reads those after <see cref="AfterMessageId"/>. Immutable.</summary>
public sealed record CommitNotice
{
    /// <summary>Which chat.</summary>
    public required ChatId ChatId { get; init; }

    /// <summary>Whose.</summary>
    public required string Owner { get; init; }

    /// <summary>The version of the newest commit that is told; 0 if a commit failed in such a way that it may have happened: only the store knows.</summary>
    public long Version { get; init; }

    /// <summary>The status after it; null where it is not known, and for a chat that is gone.</summary>
    public ChatStatus? Status { get; init; }

    /// <summary>The messages that are new have higher ids than this one; if an edit removed messages, those have too. 0 if all may be new.</summary>
    public long AfterMessageId { get; init; }

    /// <summary>The newest message; equal to <see cref="AfterMessageId"/> if none is new; 0 where it is not known.</summary>
    public long LastMessageId { get; init; }

    /// <summary>True if the chat was deleted.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>The notice of a transition.</summary>
    internal static CommitNotice Of(Transition transition) => new()
    {
        ChatId = transition.Next.Id,
        Owner = transition.Next.Owner,
        Version = transition.Next.Version,
        Status = transition.Next.Status,
        AfterMessageId = transition.Appended is [var first, ..] ? first.PreviousId : transition.Next.LastMessageId,
        LastMessageId = transition.Next.LastMessageId,
    };

    /// <summary>One notice for this and a later one.</summary>
    internal CommitNotice Then(CommitNotice later) => later with { AfterMessageId = Math.Min(AfterMessageId, later.AfterMessageId) };
}
