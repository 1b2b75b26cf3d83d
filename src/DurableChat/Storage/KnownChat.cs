using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>A chat, and the newest version of it that somebody knows.</summary>
/// <param name="Id">Which chat.</param>
/// <param name="Version">The version known.</param>
/// <param name="CommitId">The commit that made it; empty if that is not known, and is not to be compared.</param>
/// <param name="Owner">Whose chat it is taken for; null if that is not to be compared.</param>
/// <param name="Epoch">The history epoch of that version; 0 if that is not to be compared.</param>
public readonly record struct KnownChat(ChatId Id, long Version, Guid CommitId = default, string? Owner = null,
    long Epoch = 0);

/// <summary>A chat whose stored version, the commit that made it, its owner or its epoch is not the one
/// known.</summary>
/// <param name="Id">Which chat.</param>
/// <param name="Version">The stored version; null if the chat is gone.</param>
public readonly record struct ChangedChat(ChatId Id, long? Version);
