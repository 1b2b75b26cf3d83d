using DurableChat.Chats;

namespace DurableChat.Server.Clients;

/// <summary>An event of a chat's stream. What an event of its type does not have is null or zero.</summary>
internal sealed record ChatEvent
{
    public required string Type { get; init; }

    /// <summary>How far a reader has got with it; null if it does not move the position.</summary>
    public string? Position { get; init; }

    public Message? Message { get; init; }

    public long Generation { get; init; }

    public long FirstSeq { get; init; }

    public long Seq { get; init; }

    public MessagePart? Part { get; init; }

    public long Version { get; init; }

    public ChatStatus? Status { get; init; }

    public string? Model { get; init; }

    public IReadOnlyList<QueuedMessage>? Queue { get; init; }

    public ChatError? Error { get; init; }

    public int Attempt { get; init; }

    public int MaxAttempts { get; init; }

    public IReadOnlyList<ToolCallPart>? ToolCalls { get; init; }
}
