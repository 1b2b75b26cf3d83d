using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;

namespace DurableChat.Mcp;

/// <summary>The ways to a server.</summary>
internal static class McpTransports
{
    private static readonly TimeSpan _connectTime = TimeSpan.FromSeconds(15);

    /// <summary>How long a connection is kept in use, so that a change of the server's address is noticed.</summary>
    private static readonly TimeSpan _connectionLife = TimeSpan.FromMinutes(15);

    /// <summary>
    /// A client for HTTP without a time limit: a call may take minutes, and has the limit of tools. It follows no
    /// redirect: the headers that are configured for a server, such as keys, would go along.
    /// </summary>
    public static HttpClient CreateHttpClient() =>
        new(new McpLimitHandler(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectTimeout = _connectTime,
            PooledConnectionLifetime = _connectionLife,
        }))
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };

    /// <summary>The way to a server that the server's settings name.</summary>
    public static IClientTransport Create(McpServer server, HttpClient http, ILoggerFactory loggers) =>
        server.Url is { } url ? OverHttp(server, url, http, loggers) : OverStdio(server, loggers);

    private static HttpClientTransport OverHttp(McpServer server, Uri url, HttpClient http, ILoggerFactory loggers) =>
        new(
            new HttpClientTransportOptions { Name = server.Name, Endpoint = url, AdditionalHeaders = server.Headers },
            http,
            loggers);

    private static StdioClientTransport OverStdio(McpServer server, ILoggerFactory loggers) =>
        new(
            new StdioClientTransportOptions
            {
                Name = server.Name,
                Command = server.Command!,
                Arguments = server.Arguments,
                WorkingDirectory = server.WorkingDirectory,
                InheritEnvironmentVariables = false,
                EnvironmentVariables = Variables(server),
            },
            loggers);

    private static Dictionary<string, string?> Variables(McpServer server)
    {
        var variables = StdioClientTransportOptions.GetDefaultEnvironmentVariables();
        foreach (var (name, value) in server.Environment)
        {
            variables[name] = value;
        }

        return variables;
    }
}
