namespace DurableChat.Chats;

/// <summary>Makes a chat with its first message, and runs it; or with a history alone, and waits. Not a <see cref="ChatCommand"/>: there is no state yet.</summary>
/// <param name="Id">The new chat's id.</param>
/// <param name="Owner">Whose chat.</param>
/// <param name="Content">The first message, or the one after the history; null if there is a history and nothing to run.</param>
/// <param name="Model">The configured name of the model that answers.</param>
public sealed record CreateChat(ChatId Id, string Owner, string? Content, string Model)
{
    /// <summary>A name for people; null takes it from the first message.</summary>
    public string? Title { get; init; }

    /// <summary>What was said elsewhere before.</summary>
    public IReadOnlyList<HistoryEntry> History { get; init; } = [];

    /// <summary>How its messages are answered; null for the model's own settings.</summary>
    public GenerationSettings? Settings { get; init; }

    /// <summary>
    /// How the first message is answered, all that is inherited included; null for the chat's settings.
    /// </summary>
    public GenerationSettings? MessageSettings { get; init; }

    /// <summary>The tools that run in the client.</summary>
    public IReadOnlyList<ClientTool> ClientTools { get; init; } = [];

    /// <summary>
    /// The epoch that its history begins with. One above 1 is for an id that may have been another chat's, which is gone: a position in that one must not seem to fit.
    /// </summary>
    public long FirstEpoch { get; init; } = 1;

    /// <summary>The replica that takes the lease; null leaves the turn to whoever takes it.</summary>
    public string? ClaimBy { get; init; }
}
