using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>A chat, and the newest version of it that somebody knows.</summary>
/// <param name="Id">Which chat.</param>
/// <param name="Version">The version known.</param>
public readonly record struct KnownChat(ChatId Id, long Version);

/// <summary>A chat whose stored version is not the one known.</summary>
/// <param name="Id">Which chat.</param>
/// <param name="Version">The stored version; null if the chat is gone.</param>
public readonly record struct ChangedChat(ChatId Id, long? Version);
