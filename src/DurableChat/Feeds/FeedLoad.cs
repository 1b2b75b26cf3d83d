using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>
/// What a feed knew when the read of its state began, so that the answer can be told from what came meanwhile.
/// </summary>
/// <param name="Doubts">How many doubts it had had.</param>
/// <param name="Known">The state it knew; null for none.</param>
internal readonly record struct FeedLoad(int Doubts, Chat? Known);
