namespace DurableChat.Chats;

/// <summary>What a decision depends on besides the chat and the command.</summary>
/// <param name="now">The time that the transition records.</param>
/// <param name="limits">The limits that apply.</param>
public readonly struct DecisionContext(DateTimeOffset now, ChatLimits limits)
{
    /// <summary>
    /// The time (UTC), truncated to whole microseconds. Stores keep that precision, so a message is the same from
    /// memory and from the database.
    /// </summary>
    public DateTimeOffset Now { get; } = new(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>The limits that apply.</summary>
    public ChatLimits Limits { get; } = limits;
}
