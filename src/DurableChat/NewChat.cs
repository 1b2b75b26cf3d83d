using DurableChat.Chats;

namespace DurableChat;

/// <summary>What a chat begins with.</summary>
/// <param name="Content">The first message, or the one after the history; null if there is a history and nothing to run.</param>
public sealed record NewChat(string? Content)
{
    /// <summary>What was said elsewhere before.</summary>
    public IReadOnlyList<HistoryEntry> History { get; init; } = [];

    /// <summary>A name for people; null takes it from the first message.</summary>
    public string? Title { get; init; }

    /// <summary>The configured name of the model; null for the default.</summary>
    public string? Model { get; init; }

    /// <summary>How its messages are answered, unless they say otherwise; null for the model's own settings.</summary>
    public GenerationSettings? Settings { get; init; }

    /// <summary>
    /// How the first message is answered, and no other; what is null is the chat's. Null for the chat's settings.
    /// </summary>
    public GenerationSettings? MessageSettings { get; init; }

    /// <summary>A word of the owner's own that names the chat for ever: its id is <see cref="ChatId.FromIdempotencyKey"/> of it. Null for the idempotency key, or an id that nobody can guess.</summary>
    public string? Key { get; init; }

    /// <summary>Tools that run in the client.</summary>
    public IReadOnlyList<ClientTool> ClientTools { get; init; } = [];
}
