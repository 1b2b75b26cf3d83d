namespace DurableChat.Mcp;

/// <summary>
/// What is taken of a server. It is somebody else's program, and everything that it says is in memory before anything
/// of it can be cut.
/// </summary>
internal static class McpLimits
{
    /// <summary>How large a message can be, in bytes.</summary>
    public const int MaxMessageBytes = 8 * 1024 * 1024;

    /// <summary>How large the answer to one request can be with all that is said in between, in bytes.</summary>
    public const long MaxAnswerBytes = 128 * 1024 * 1024;

    /// <summary>How many tools of a server models can be given: all of them stand in each request to a model.</summary>
    public const int MaxTools = 512;

    /// <summary>How large the definitions of these tools can be together, in bytes.</summary>
    public const int MaxDefinitionBytes = 4 * 1024 * 1024;

    /// <summary>How many pages of tools are read, those with tools that are not allowed included.</summary>
    public const int MaxPages = 200;
}
