namespace DurableChat.Chats;

/// <summary>A message of an earlier conversation with which a new chat begins. Immutable.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Parts">
/// The content, in order. A user message has text. A tool message has results. An assistant message has text,
/// reasoning, tool calls, refusals, sources, provider tools and files. Only an assistant message with
/// <see cref="FinishReason.Length"/> or <see cref="FinishReason.ContentFilter"/> may be empty.
/// </param>
public sealed record HistoryEntry(MessageRole Role, IReadOnlyList<MessagePart> Parts)
{
    /// <summary>When the message was written. If null or in the future, the time of the creation is used.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>
    /// For an assistant message, the model that made it. For a user message, the model that was to answer it. Null for
    /// the chat's model.
    /// </summary>
    public string? Model { get; init; }

    /// <summary>For a user message, the settings of its answer. Null for the model's own settings.</summary>
    public GenerationSettings? Settings { get; init; }

    /// <summary>
    /// For an assistant message, why it ends. If null, it is <see cref="FinishReason.ToolCalls"/> if the message calls
    /// tools, and otherwise <see cref="FinishReason.Stop"/>.
    /// </summary>
    public FinishReason? FinishReason { get; init; }

    /// <summary>For an assistant message, what it cost. Null if unknown.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>Completes the message that this entry becomes in a new chat.</summary>
    /// <param name="message">The message with its id, role and parts.</param>
    /// <param name="chat">The chat, with the generation of the message.</param>
    /// <param name="now">When the chat is created.</param>
    internal Message Complete(Message message, Chat chat, DateTimeOffset now)
    {
        var timed = message with { CreatedAt = CreatedAt is { } time && time < now ? time.ToUniversalTime() : now };
        return Role == MessageRole.Assistant
            ? timed with
            {
                Generation = chat.Generation,
                Model = Model ?? chat.Model,
                FinishReason = FinishReason ?? (Parts.Any(part => part is ToolCallPart)
                    ? Chats.FinishReason.ToolCalls
                    : Chats.FinishReason.Stop),
                Usage = Usage,
            }
            : timed with
            {
                Model = Model == chat.Model ? null : Model,
                Settings = GenerationSettings.OrNull(Settings),
            };
    }
}
