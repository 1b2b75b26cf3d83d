namespace DurableChat.ScaleTest.Mock;

/// <summary>How the mock model answers.</summary>
internal sealed record MockOptions
{
    /// <summary>Time from a request to the first chunk.</summary>
    public TimeSpan FirstToken { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Chunks of text in an answer.</summary>
    public int Chunks { get; init; } = 50;

    /// <summary>Characters in a chunk; each is one byte.</summary>
    public int ChunkBytes { get; init; } = 20;

    /// <summary>Time from one chunk to the next.</summary>
    public TimeSpan ChunkDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Chunks of reasoning before the text.</summary>
    public int ReasoningChunks { get; init; }

    /// <summary>How likely an answer to a user calls tools, if the request offers any; 0 to 1.</summary>
    public double ToolProbability { get; init; }

    /// <summary>How many tools such an answer calls at most.</summary>
    public int MaxToolCalls { get; init; } = 1;

    /// <summary>How likely a request is refused with 429, 500 or 503; 0 to 1.</summary>
    public double ErrorRate { get; init; }

    /// <summary>How likely the connection breaks in the middle of an answer; 0 to 1.</summary>
    public double DisconnectRate { get; init; }

    /// <summary>By what share an answer is shorter or longer than <see cref="Chunks"/>, at most; 0 to 1.</summary>
    public double LengthSpread { get; init; }

    /// <summary>True if a record is kept of each request.</summary>
    public bool HasJournal { get; init; }

    /// <summary>The same seed and the same requests give the same answers.</summary>
    public int Seed { get; init; } = 1;
}
