namespace DurableChat.Bench.Fanout;

/// <summary>What of the fan-out is measured.</summary>
/// <param name="Only">Names of targets; empty for all.</param>
/// <param name="Shapes">Names of shapes; empty for all, or the one that matters most when quick.</param>
/// <param name="Rounds">How often.</param>
/// <param name="Window">How many events of one chat are under way when it is saturated.</param>
/// <param name="IsQuick">True for a look in seconds.</param>
internal sealed record FanoutOptions(
    IReadOnlyList<string> Only,
    IReadOnlyList<string> Shapes,
    int Rounds,
    int Window,
    bool IsQuick)
{
    /// <summary>How long one phase is measured.</summary>
    public const double Seconds = 1;

    /// <summary>
    /// How long a server runs before it is measured: until the runtime has compiled the code in use at its highest
    /// level, which it does step by step.
    /// </summary>
    public const double WarmUpSeconds = 3;

    /// <summary>
    /// The same with many chats, where each delivery is also a publication, so that more code runs, and all of it more
    /// rarely.
    /// </summary>
    public const double ManyChatsWarmUpSeconds = 10;
}
