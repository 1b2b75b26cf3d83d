namespace DurableChat.Chats;

/// <summary>What one model call has cost. Immutable.</summary>
/// <param name="Model">The configured name of the model that was called.</param>
/// <param name="Usage">Its tokens and price, failed and stopped calls included.</param>
public sealed record Spending(string Model, TokenUsage Usage);
