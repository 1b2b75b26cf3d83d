namespace DurableChat.Chats;

/// <summary>A user message that waits for the running turn to end. Immutable.</summary>
/// <param name="Id">Its number among the chat's queued messages: rises, never used twice. Not a message id.</param>
/// <param name="Content">The text.</param>
/// <param name="Urgent">True if it was sent to interrupt, or promoted: it runs before those that only wait.</param>
/// <param name="CreatedAt">When it was queued (UTC).</param>
public sealed record QueuedMessage(long Id, string Content, bool Urgent, DateTimeOffset CreatedAt)
{
    /// <summary>The model that is to answer it; null for the one that the chat was created with.</summary>
    public string? Model { get; init; }

    /// <summary>How it is answered; null for the model's own settings.</summary>
    public GenerationSettings? Settings { get; init; }
}
