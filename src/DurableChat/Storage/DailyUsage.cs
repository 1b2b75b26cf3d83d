using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>What an owner's calls of one model have cost on one day.</summary>
/// <param name="Day">The day (UTC) of the commits that ended the calls, by the clocks of the replicas.</param>
/// <param name="Model">The configured name of the model.</param>
/// <param name="Requests">How many calls there were whose provider said what they cost, failed ones included.</param>
/// <param name="Usage">Their sum.</param>
public sealed record DailyUsage(DateOnly Day, string Model, long Requests, TokenUsage Usage)
{
    /// <summary>The day on which what a transition spends is counted: that of its commit.</summary>
    public static DateOnly DayOf(Transition transition)
    {
        ArgumentNullException.ThrowIfNull(transition);
        return DateOnly.FromDateTime(transition.Next.UpdatedAt.UtcDateTime);
    }
}
