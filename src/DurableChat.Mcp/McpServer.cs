namespace DurableChat.Mcp;

/// <summary>
/// A server whose tools models may call: either a program that is started here (stdio), or a URL (HTTP).
/// </summary>
public sealed class McpServer
{
    /// <summary>Allows all tools of a server, including those that it adds later.</summary>
    public const string AllTools = "*";

    /// <summary>A name for logs.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>
    /// The program to start, which communicates over its standard input and output. Null for a server with a URL.
    /// </summary>
    public string? Command { get; set; }

    /// <summary>The program's arguments, one per entry. They are not interpreted by a shell.</summary>
    public IList<string> Arguments { get; set; } = [];

    /// <summary>The folder in which the program starts. Null uses the folder of this process.</summary>
    public string? WorkingDirectory { get; set; }

    /// <summary>
    /// Environment variables of the program, in addition to the few that most programs need. It gets none of the other
    /// variables of this process, which may contain secrets.
    /// </summary>
    public IDictionary<string, string> Environment { get; set; } = new Dictionary<string, string>();

    /// <summary>The URL of a server over HTTP. Null for a program.</summary>
    public Uri? Url { get; set; }

    /// <summary>Headers of each request to the URL, e.g. <c>Authorization</c>.</summary>
    public IDictionary<string, string> Headers { get; set; } = new Dictionary<string, string>();

    /// <summary>
    /// The tools that models may call, by the server's names for them. One <see cref="AllTools"/> allows all. None by
    /// default, because a server may change its tools at any time.
    /// </summary>
    public IList<string> AllowedTools { get; set; } = [];

    /// <summary>
    /// A prefix for the tool names that the model sees, so that two servers may have tools with the same name. Null for
    /// none.
    /// </summary>
    public string? Prefix { get; set; }

    /// <summary>
    /// The only protocol revision to use with the server, e.g. <c>2025-06-18</c>, for servers that cannot negotiate.
    /// Null, the default, uses the newest revision that both support.
    /// </summary>
    public string? ProtocolVersion { get; set; }

    internal IEnumerable<string> Validate()
    {
        if (string.IsNullOrWhiteSpace(Name))
        {
            yield return "A server needs a Name.";
        }

        if (Command is null == Url is null)
        {
            yield return $"The server '{Name}' needs a Command or a Url, and not both.";
        }

        if (Url is { } url && !(url.IsAbsoluteUri && url.Scheme is ("http" or "https")))
        {
            yield return $"The Url of the server '{Name}' must be one of http or https.";
        }

        if (AllowedTools.Count == 0)
        {
            yield return $"The server '{Name}' has no AllowedTools: name them, or say \"{AllTools}\" for all.";
        }
    }
}
