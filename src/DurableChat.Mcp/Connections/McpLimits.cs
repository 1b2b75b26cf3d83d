namespace DurableChat.Mcp.Connections;

/// <summary>
/// Limits on the data that a server may send. A server is foreign software, and its data is in memory before any of it
/// can be cut.
/// </summary>
internal static class McpLimits
{
    /// <summary>The maximum size of a message, in bytes.</summary>
    public const int MaxMessageBytes = 8 * 1024 * 1024;

    /// <summary>
    /// The maximum size of the response to one request, including everything sent before it, in bytes.
    /// </summary>
    public const long MaxAnswerBytes = 128 * 1024 * 1024;

    /// <summary>
    /// The maximum number of a server's tools for models: each request to a model contains all of them.
    /// </summary>
    public const int MaxTools = 512;

    /// <summary>The maximum size of these tools' definitions together, in bytes.</summary>
    public const int MaxDefinitionBytes = 4 * 1024 * 1024;

    /// <summary>
    /// The maximum number of pages of tools that are read, including pages of tools that are not allowed.
    /// </summary>
    public const int MaxPages = 200;
}
