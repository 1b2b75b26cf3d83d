using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>Messages and the version of the chat they belong to, from one snapshot.</summary>
/// <param name="Version">The chat's version.</param>
/// <param name="Epoch">The history epoch at that version.</param>
/// <param name="HeadId">The id of the newest message at that version.</param>
/// <param name="Messages">The messages, in ascending order of ids.</param>
public sealed record MessagePage(long Version, long Epoch, long HeadId, IReadOnlyList<Message> Messages)
{
    /// <summary>The id of the commit that made the version. Empty if unknown.</summary>
    public Guid CommitId { get; init; }
}
