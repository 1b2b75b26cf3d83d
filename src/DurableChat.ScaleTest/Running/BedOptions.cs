namespace DurableChat.ScaleTest.Running;

/// <summary>What the test runs against.</summary>
internal sealed record BedOptions
{
    /// <summary>Running servers to drive; empty to start some.</summary>
    public IReadOnlyList<Uri> Urls { get; init; } = [];

    public int Replicas { get; init; } = 1;

    /// <summary>Where the servers keep their chats; null for a temporary SQLite file.</summary>
    public string? Store { get; init; }

    /// <summary>Messages in a durable window; null for the server's default.</summary>
    public int? DurableWindow { get; init; }

    public bool InlineNotifications { get; init; } = true;

    public bool CoalesceReads { get; init; } = true;

    /// <summary>An operator's token for running servers.</summary>
    public string? Token { get; init; }

    public int FirstTokenMs { get; init; } = 100;

    public int Chunks { get; init; } = 20;

    public int ChunkMs { get; init; } = 20;
}
