namespace DurableChat.ScaleTest.Running;

/// <summary>What the test runs against.</summary>
internal sealed record BedOptions
{
    /// <summary>Running servers to drive; empty to start some.</summary>
    public IReadOnlyList<Uri> Urls { get; init; } = [];

    public int Replicas { get; init; } = 1;

    /// <summary>The program with which the replicas start: a .dll or an executable. Null for this one.</summary>
    public string? Program { get; init; }

    /// <summary>
    /// Where the servers keep their chats: <c>sqlite</c> or <c>postgres</c> for a temporary one of the test's own, else
    /// what <c>serve --store</c> takes. Null chooses by the number of replicas.
    /// </summary>
    public string? Store { get; init; }

    /// <summary>The store's kind, as it is reported.</summary>
    public string StoreKind =>
        Store is "sqlite" or null && Replicas == 1 && Store != "postgres" ? "sqlite"
        : Store is null or "postgres" ? "postgres"
        : Store.Contains("Host=", StringComparison.OrdinalIgnoreCase) || Store.Contains("://", StringComparison.Ordinal)
            ? "postgres"
        : "sqlite";

    /// <summary>The Redis that carries notifications, e.g. <c>127.0.0.1:6379</c>; null if the database does.</summary>
    public string? Redis { get; init; }

    /// <summary>How long the channel that carries notifications is cut.</summary>
    public TimeSpan ChannelTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Connections of each replica's pool; null for the server's default.</summary>
    public int? PoolSize { get; init; }

    /// <summary>
    /// True if faults will be injected: leases are then short, and the database is reached through a proxy that can be
    /// slow.
    /// </summary>
    public bool HasFaults { get; init; }

    /// <summary>Messages in a durable window; null for the server's default.</summary>
    public int? DurableWindow { get; init; }

    /// <summary>An operator's token for running servers.</summary>
    public string? Token { get; init; }

    /// <summary>The share of model calls that fail, half of them in mid-answer.</summary>
    public double ModelErrors { get; init; }

    /// <summary>The share of answers that call tools, where a request offers any.</summary>
    public double ToolRate { get; init; }

    /// <summary>How many tools such an answer calls at most.</summary>
    public int MaxToolCalls { get; init; } = 1;

    /// <summary>By what share answers are shorter or longer than they are on average.</summary>
    public double LengthSpread { get; init; }

    /// <summary>
    /// Settings that one replica has beside those of all: by its number, and where the mock model is. Null for none.
    /// </summary>
    public Func<int, Uri, Dictionary<string, string>>? OwnSettings { get; init; }

    /// <summary>True if the mock model keeps a record of what each replica asks of it.</summary>
    public bool HasJournal { get; init; }

    public int FirstTokenMs { get; init; } = 100;

    public int Chunks { get; init; } = 20;

    public int ChunkMs { get; init; } = 20;
}
