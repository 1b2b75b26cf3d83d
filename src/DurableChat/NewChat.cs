using DurableChat.Chats;

namespace DurableChat;

/// <summary>What a chat begins with.</summary>
/// <param name="Content">The first message.</param>
public sealed record NewChat(string Content)
{
    /// <summary>A name for people; null takes it from the first message.</summary>
    public string? Title { get; init; }

    /// <summary>The configured name of the model; null for the default.</summary>
    public string? Model { get; init; }

    /// <summary>Tools that run in the client.</summary>
    public IReadOnlyList<ClientTool> ClientTools { get; init; } = [];
}
