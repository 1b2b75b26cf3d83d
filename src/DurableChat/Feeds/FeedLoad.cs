using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>
/// What a feed knew when the read of its state started, to distinguish the result from what arrived in the meantime.
/// </summary>
/// <param name="Doubts">How many doubts had been raised.</param>
/// <param name="Known">The known state. Null for none.</param>
internal readonly record struct FeedLoad(int Doubts, Chat? Known);
