namespace DurableChat.Chats;

/// <summary>What a decision depends on besides the chat and the command.</summary>
/// <param name="Now">The time (UTC) that the transition records.</param>
/// <param name="Limits">What a chat may hold.</param>
public readonly record struct DecisionContext(DateTimeOffset Now, ChatLimits Limits);
