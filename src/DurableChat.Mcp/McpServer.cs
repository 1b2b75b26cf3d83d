namespace DurableChat.Mcp;

/// <summary>One server whose tools models may call: a program that is started here (stdio), or an address (HTTP).</summary>
public sealed class McpServer
{
    /// <summary>Lets all tools of a server through, those that it adds later included.</summary>
    public const string AllTools = "*";

    /// <summary>A name for logs.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>The program that speaks over its standard input and output; null for a server with an address.</summary>
    public string? Command { get; set; }

    /// <summary>The arguments of the program, one each, never a shell's line.</summary>
    public IList<string> Arguments { get; set; } = [];

    /// <summary>The folder where the program starts; null for this process's.</summary>
    public string? WorkingDirectory { get; set; }

    /// <summary>Environment variables of the program, besides the few that most programs need. It gets none of this process's others, which may hold secrets.</summary>
    public IDictionary<string, string> Environment { get; set; } = new Dictionary<string, string>();

    /// <summary>The address of a server that speaks HTTP; null for a program.</summary>
    public Uri? Url { get; set; }

    /// <summary>Headers of each request to the address, e.g. <c>Authorization</c>.</summary>
    public IDictionary<string, string> Headers { get; set; } = new Dictionary<string, string>();

    /// <summary>The tools that models may call, by the server's names for them; one <see cref="AllTools"/> for all. None by default: what a server offers may change under you.</summary>
    public IList<string> AllowedTools { get; set; } = [];

    /// <summary>What stands before the names of its tools for the model, so that two servers may have tools of one name; null for nothing.</summary>
    public string? Prefix { get; set; }

    /// <summary>
    /// The only revision of the protocol to speak with the server, e.g. <c>2025-06-18</c>, for one that cannot negotiate; null, the default, for the newest that both know.
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
