using DurableChat.Chats;

namespace DurableChat.Hooks;

/// <summary>
/// Notifies a hook of a commit to a chat. It carries no messages, so that a slow hook does not accumulate data. Read
/// the messages after <see cref="AfterMessageId"/> with <see cref="ChatService.ReadMessagesAsync"/>. Immutable.
/// </summary>
public sealed record CommitNotice
{
    /// <summary>The id of the chat.</summary>
    public required ChatId ChatId { get; init; }

    /// <summary>The owner of the chat.</summary>
    public required string Owner { get; init; }

    /// <summary>
    /// The version of the newest commit that the notice covers. 0 if a commit failed but may have happened, so that
    /// only the store knows the version.
    /// </summary>
    public long Version { get; init; }

    /// <summary>The status after the commit. Null if it is unknown, or if the chat was deleted.</summary>
    public ChatStatus? Status { get; init; }

    /// <summary>
    /// New messages have higher ids than this. So do the messages that an edit removed. 0 if all messages may be new.
    /// </summary>
    public long AfterMessageId { get; init; }

    /// <summary>
    /// The id of the newest message. It equals <see cref="AfterMessageId"/> if there are no new messages. 0 if unknown.
    /// </summary>
    public long LastMessageId { get; init; }

    /// <summary>True if the chat was deleted.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>Creates the notice of a transition.</summary>
    internal static CommitNotice Of(Transition transition) => new()
    {
        ChatId = transition.Next.Id,
        Owner = transition.Next.Owner,
        Version = transition.Next.Version,
        Status = transition.Next.Status,
        AfterMessageId = transition.Appended is [var first, ..] ? first.PreviousId : transition.Next.LastMessageId,
        LastMessageId = transition.Next.LastMessageId,
    };

    /// <summary>Merges this notice with a later one.</summary>
    internal CommitNotice Then(CommitNotice later) =>
        later with { AfterMessageId = Math.Min(AfterMessageId, later.AfterMessageId) };
}
