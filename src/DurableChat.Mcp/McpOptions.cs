namespace DurableChat.Mcp;

/// <summary>Which servers models get tools from.</summary>
public sealed class McpOptions
{
    /// <summary>The servers.</summary>
    public IList<McpServer> Servers { get; set; } = [];

    /// <summary>For how long the host's start waits for the servers. Those that take longer, or are away, are tried further, and their tools come when they do. Default 10 seconds.</summary>
    public TimeSpan StartPatience { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a server is asked whether it is still there. Default one minute.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Finds what is wrong, as sentences; empty if all is well.</summary>
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
