namespace DurableChat.Bench.Fanout;

/// <summary>How many chats and subscribers.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Title">In tables.</param>
/// <param name="Chats">1, or as many as subscribers.</param>
/// <param name="Subscribers">All together.</param>
internal sealed record Shape(string Name, string Title, int Chats, int Subscribers)
{
    private static readonly string[] _few = ["ours-sse", "ours-ws", "bare-sse", "bare-ws", "signalr"];

    /// <summary>
    /// True for the shape that is looked at most closely: all targets, parts besides messages, and events one by one.
    /// </summary>
    public bool IsMain { get; init; }

    /// <summary>True if peers are measured in it besides the few that are in every shape.</summary>
    public bool HasPeers { get; init; }

    /// <summary>True if a target is measured in it unless targets are named.</summary>
    public bool Includes(string target) =>
        IsMain || _few.Contains(target) || (HasPeers && !target.StartsWith("gather-", StringComparison.Ordinal));

    public static IReadOnlyList<Shape> All { get; } =
    [
        new("1x1", "1 chat × 1", 1, 1),
        new("1x100", "1 chat × 100", 1, 100),
        new("1x1000", "1 chat × 1,000", 1, 1000) { IsMain = true },
        new("1x5000", "1 chat × 5,000", 1, 5000),
        new("1000x1", "1,000 chats × 1", 1000, 1000) { HasPeers = true },
    ];
}
