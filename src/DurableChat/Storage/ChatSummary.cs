using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>A chat as it stands in a list.</summary>
public sealed record ChatSummary
{
    /// <summary>Which chat.</summary>
    public required ChatId Id { get; init; }

    /// <summary>A name for people.</summary>
    public required string Title { get; init; }

    /// <summary>The configured name of the model that answers the next message.</summary>
    public required string Model { get; init; }

    /// <summary>Where it stands.</summary>
    public required ChatStatus Status { get; init; }

    /// <summary>True if it is put away.</summary>
    public required bool Archived { get; init; }

    /// <summary>The version the summary was made at; a receiver drops one that is not newer than what it has.</summary>
    public required long Version { get; init; }

    /// <summary>The newest message; 0 if there is none.</summary>
    public required long LastMessageId { get; init; }

    /// <summary>When it was created (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it changed last (UTC).</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The summary of a chat.</summary>
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
