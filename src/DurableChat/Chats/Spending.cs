namespace DurableChat.Chats;

/// <summary>The cost of one model call. Immutable.</summary>
/// <param name="Model">The configured name of the called model.</param>
/// <param name="Usage">Tokens and price, including failed and stopped calls.</param>
public sealed record Spending(string Model, TokenUsage Usage);
