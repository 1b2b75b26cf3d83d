namespace DurableChat.ScaleTest.Mock;

/// <summary>How a piece of work ended.</summary>
internal enum WorkOutcome
{
    /// <summary>It has not ended, or its replica was killed before it did.</summary>
    Open,

    /// <summary>It was done to its end.</summary>
    Completed,

    /// <summary>It failed on purpose.</summary>
    Failed,

    /// <summary>The server broke it off.</summary>
    Cancelled,
}
