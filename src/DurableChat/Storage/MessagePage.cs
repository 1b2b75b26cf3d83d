using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>Messages, and the version of the chat they were read at, all of one snapshot.</summary>
/// <param name="Version">The chat's version.</param>
/// <param name="Epoch">The history epoch at that version.</param>
/// <param name="HeadId">The id of the newest message at that version.</param>
/// <param name="Messages">The messages, ids ascending.</param>
public sealed record MessagePage(long Version, long Epoch, long HeadId, IReadOnlyList<Message> Messages)
{
    /// <summary>The commit that made the version; empty if it is not known.</summary>
    public Guid CommitId { get; init; }
}
