namespace DurableChat.Bench.Fanout;

/// <summary>How many chats and subscribers.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Title">In tables.</param>
/// <param name="Chats">1, or as many as subscribers.</param>
/// <param name="Subscribers">All together.</param>
internal sealed record Shape(string Name, string Title, int Chats, int Subscribers)
{
    /// <summary>True if all targets are measured in it, false if only the main ones.</summary>
    public bool IsMain { get; init; }

    /// <summary>True if parts are measured too, besides messages.</summary>
    public bool HasParts { get; init; }

    public static IReadOnlyList<Shape> All { get; } =
    [
        new("1x1", "1 chat × 1", 1, 1) { IsMain = true },
        new("1x100", "1 chat × 100", 1, 100),
        new("1x1000", "1 chat × 1,000", 1, 1000) { IsMain = true, HasParts = true },
        new("1x5000", "1 chat × 5,000", 1, 5000),
        new("1000x1", "1,000 chats × 1", 1000, 1000) { IsMain = true, HasParts = true },
    ];
}
