namespace DurableChat.Chats;

/// <summary>A user message that waits for the running turn to end. Immutable.</summary>
/// <param name="Id">
/// The number among the chat's queued messages. Numbers rise and are never reused. Not a message id.
/// </param>
/// <param name="Content">The text.</param>
/// <param name="Urgent">
/// True if the message was sent as an interrupt or promoted. It then runs before messages that are not urgent.
/// </param>
/// <param name="CreatedAt">When the message was queued (UTC).</param>
public sealed record QueuedMessage(long Id, string Content, bool Urgent, DateTimeOffset CreatedAt)
{
    /// <summary>The model that answers the message. Null for the model that the chat was created with.</summary>
    public string? Model { get; init; }

    /// <summary>The settings of the answer. Null for the model's own settings.</summary>
    public GenerationSettings? Settings { get; init; }
}
