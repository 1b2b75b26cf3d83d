namespace DurableChat.ScaleTest.Mock;

/// <summary>What a server has done elsewhere.</summary>
internal enum WorkKind
{
    /// <summary>An answer of the model.</summary>
    Answer,

    /// <summary>A run of a tool.</summary>
    Tool,
}
