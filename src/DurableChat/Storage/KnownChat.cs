using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>A chat and the newest version of it that the caller knows.</summary>
/// <param name="Id">The id of the chat.</param>
/// <param name="Version">The known version.</param>
/// <param name="CommitId">The commit that made it. Empty if unknown, and then not compared.</param>
/// <param name="Owner">The assumed owner of the chat. Null if it is not compared.</param>
/// <param name="Epoch">The history epoch of that version. 0 if it is not compared.</param>
public readonly record struct KnownChat(ChatId Id, long Version, Guid CommitId = default, string? Owner = null,
    long Epoch = 0);

/// <summary>A chat whose stored version, commit id, owner or epoch differs from the known one.</summary>
/// <param name="Id">The id of the chat.</param>
/// <param name="Version">The stored version. Null if the chat is gone.</param>
public readonly record struct ChangedChat(ChatId Id, long? Version);
