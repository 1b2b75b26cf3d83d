using DurableChat.ScaleTest.Wire;

namespace DurableChat.ScaleTest.Scenarios;

/// <summary>What load is put on the server.</summary>
internal sealed record LoadOptions
{
    public string Scenario { get; init; } = "storm";

    public int Chats { get; init; } = 600;

    /// <summary>Turns of each chat; for a soak they are not counted.</summary>
    public int Turns { get; init; } = 10;

    /// <summary>Streams of each chat.</summary>
    public int Subscribers { get; init; } = 1;

    /// <summary>Pause between the end of a turn and the next message.</summary>
    public TimeSpan FollowUpDelay { get; init; }

    /// <summary>Size of each message, in bytes; answers have about as many.</summary>
    public int MessageBytes { get; init; } = 1024;

    public Transport Transport { get; init; }

    /// <summary>True if each chat belongs to an owner of its own, with a token, and there is one owner more.</summary>
    public bool NeedsOwners { get; init; }

    /// <summary>For abuse: how many chats the abuser creates at most.</summary>
    public int Creations { get; init; } = 5_000;

    /// <summary>For abuse: what a server's feeds may hold, in bytes.</summary>
    public long FeedBudget { get; init; } = 256L * 1024 * 1024;

    /// <summary>For a soak and for abuse: turns per second.</summary>
    public double Rate { get; init; } = 20;

    /// <summary>For a soak and for abuse: how long.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For idle: how many connections do nothing.</summary>
    public int Connections { get; init; } = 10_000;

    /// <summary>For long: how many messages the long chat comes to have.</summary>
    public int Messages { get; init; } = 100_000;

    /// <summary>For long: how often the other chat is edited.</summary>
    public int Edits { get; init; } = 5_000;

    public int Seed { get; init; } = 1;

    /// <summary>After how long a turn that has not ended counts as failed.</summary>
    public TimeSpan TurnTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long, after the last turn, subscribers may take to get all there is.</summary>
    public TimeSpan QuietTime { get; init; } = TimeSpan.FromSeconds(30);
}
