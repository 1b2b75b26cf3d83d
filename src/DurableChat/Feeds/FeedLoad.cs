namespace DurableChat.Feeds;

/// <summary>What a feed knew when the read of its state began, so that the answer can be told from what came meanwhile.</summary>
/// <param name="Doubts">How many doubts it had had.</param>
/// <param name="Version">The version it knew; 0 for none.</param>
internal readonly record struct FeedLoad(int Doubts, long Version);
