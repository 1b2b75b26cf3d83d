using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>The cost of an owner's calls of one model on one day.</summary>
/// <param name="Day">The day (UTC) of the commits that ended the calls, by the clocks of the replicas.</param>
/// <param name="Model">The configured name of the model.</param>
/// <param name="Requests">The number of calls whose provider reported their cost, including failed calls.</param>
/// <param name="Usage">The sum of their costs.</param>
public sealed record DailyUsage(DateOnly Day, string Model, long Requests, TokenUsage Usage)
{
    /// <summary>The day on which a transition's cost is counted: the day of its commit.</summary>
    public static DateOnly DayOf(Transition transition)
    {
        ArgumentNullException.ThrowIfNull(transition);
        return DateOnly.FromDateTime(transition.Next.UpdatedAt.UtcDateTime);
    }
}
