namespace DurableChat.Chats;

/// <summary>
/// Creates a chat with a first message and runs it, or with only a history and waits. Not a <see cref="ChatCommand"/>,
/// because there is no state yet.
/// </summary>
/// <param name="Id">The new chat's id.</param>
/// <param name="Owner">The owner of the chat.</param>
/// <param name="Content">
/// The first message, or the message after the history. Null if there is a history and nothing to run.
/// </param>
/// <param name="Model">The configured name of the model that answers.</param>
public sealed record CreateChat(ChatId Id, string Owner, string? Content, string Model)
{
    /// <summary>The display name. If null, it is derived from the first message.</summary>
    public string? Title { get; init; }

    /// <summary>Messages of an earlier conversation.</summary>
    public IReadOnlyList<HistoryEntry> History { get; init; } = [];

    /// <summary>The settings of the chat. Null for the model's own settings.</summary>
    public GenerationSettings? Settings { get; init; }

    /// <summary>
    /// The complete settings of the first message, including inherited ones. Null for the chat's settings.
    /// </summary>
    public GenerationSettings? MessageSettings { get; init; }

    /// <summary>The tools that run in the client.</summary>
    public IReadOnlyList<ClientTool> ClientTools { get; init; } = [];

    /// <summary>
    /// The first epoch of the history. It is above 1 if the id may have belonged to a deleted chat, so that a position
    /// in that chat does not seem valid here.
    /// </summary>
    public long FirstEpoch { get; init; } = 1;

    /// <summary>The replica that takes the lease. If null, any worker can take the turn.</summary>
    public string? ClaimBy { get; init; }
}
