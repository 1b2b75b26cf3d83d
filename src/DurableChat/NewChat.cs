using DurableChat.Chats;

namespace DurableChat;

/// <summary>The content of a new chat.</summary>
/// <param name="Content">
/// The first message, or the message after the history. Null if there is a history and nothing to run.
/// </param>
public sealed record NewChat(string? Content)
{
    /// <summary>Messages of an earlier conversation.</summary>
    public IReadOnlyList<HistoryEntry> History { get; init; } = [];

    /// <summary>The display name. If null, it is derived from the first message.</summary>
    public string? Title { get; init; }

    /// <summary>The configured name of the model. Null for the default model.</summary>
    public string? Model { get; init; }

    /// <summary>The settings for messages that do not set their own. Null for the model's own settings.</summary>
    public GenerationSettings? Settings { get; init; }

    /// <summary>
    /// The settings of the first message only. The chat's settings apply to whatever is null. Null for the chat's
    /// settings.
    /// </summary>
    public GenerationSettings? MessageSettings { get; init; }

    /// <summary>
    /// A permanent name that the owner chooses for the chat: its id is <see cref="ChatId.FromIdempotencyKey"/> of it.
    /// If null, the id comes from the idempotency key, or cannot be guessed.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>Tools that run in the client.</summary>
    public IReadOnlyList<ClientTool> ClientTools { get; init; } = [];
}
