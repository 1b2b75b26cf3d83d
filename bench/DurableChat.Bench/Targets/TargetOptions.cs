namespace DurableChat.Bench.Targets;

/// <summary>How a target is to run.</summary>
/// <param name="Name">Which: see <see cref="TargetSpec.All"/>.</param>
/// <param name="RedisPort">Where Redis is, for those that need it.</param>
internal sealed record TargetOptions(string Name, int RedisPort)
{
    /// <summary>Where DurableChat keeps its chats; null for a SQLite file, into which nothing is written.</summary>
    public string? Store { get; init; }

    /// <summary>How many messages DurableChat's window holds; null for as many as usual.</summary>
    public int? DurableWindow { get; init; }
}
