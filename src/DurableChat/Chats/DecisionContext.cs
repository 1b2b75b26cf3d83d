namespace DurableChat.Chats;

/// <summary>What a decision depends on besides the chat and the command.</summary>
/// <param name="now">The time that the transition records.</param>
/// <param name="limits">What a chat may hold.</param>
public readonly struct DecisionContext(DateTimeOffset now, ChatLimits limits)
{
    /// <summary>The time (UTC), cut to whole microseconds: what stores keep, so that a message reads the same from memory and from the database.</summary>
    public DateTimeOffset Now { get; } = new(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>What a chat may hold.</summary>
    public ChatLimits Limits { get; } = limits;
}
