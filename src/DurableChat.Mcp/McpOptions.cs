namespace DurableChat.Mcp;

/// <summary>The MCP servers whose tools models may call.</summary>
public sealed class McpOptions
{
    /// <summary>The servers.</summary>
    public IList<McpServer> Servers { get; set; } = [];

    /// <summary>
    /// How long the start of the host waits for the servers. Slower or unavailable servers are retried later, and their
    /// tools become available then. Default 10 seconds.
    /// </summary>
    public TimeSpan StartPatience { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a connection is checked with a ping. Default one minute.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Validates the options. Returns one sentence per problem; empty if all are valid.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> problems = [.. Servers.SelectMany(server => server.Validate())];
        if (Servers.Select(server => server.Name).Distinct(StringComparer.Ordinal).Count() < Servers.Count)
        {
            problems.Add("Two servers share a Name.");
        }

        return problems;
    }
}
