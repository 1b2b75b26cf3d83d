namespace DurableChat.Bench.Targets;

/// <summary>How a target is to run.</summary>
/// <param name="Name">Which: see <see cref="TargetSpec.All"/>.</param>
/// <param name="RedisPort">Where Redis is, for those that need it.</param>
internal sealed record TargetOptions(string Name, int RedisPort);
