using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>A chat in a list.</summary>
public sealed record ChatSummary
{
    /// <summary>The id of the chat.</summary>
    public required ChatId Id { get; init; }

    /// <summary>The display name.</summary>
    public required string Title { get; init; }

    /// <summary>The configured name of the model that answers the next message.</summary>
    public required string Model { get; init; }

    /// <summary>What the chat is doing.</summary>
    public required ChatStatus Status { get; init; }

    /// <summary>True if the chat is archived.</summary>
    public required bool Archived { get; init; }

    /// <summary>
    /// The version of the chat that the summary shows. Receivers drop a summary that is not newer than the one they
    /// have.
    /// </summary>
    public required long Version { get; init; }

    /// <summary>The id of the newest message. 0 if there is none.</summary>
    public required long LastMessageId { get; init; }

    /// <summary>When the chat was created (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the chat last changed (UTC).</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Creates the summary of a chat.</summary>
    public static ChatSummary Of(Chat chat)
    {
        ArgumentNullException.ThrowIfNull(chat);
        return new ChatSummary
        {
            Id = chat.Id,
            Title = chat.Title,
            Model = chat.CurrentModel,
            Status = chat.Status,
            Archived = chat.Archived,
            Version = chat.Version,
            LastMessageId = chat.LastMessageId,
            CreatedAt = chat.CreatedAt,
            UpdatedAt = chat.UpdatedAt,
        };
    }
}
