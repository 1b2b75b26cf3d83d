using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;

namespace DurableChat.Mcp.Connections;

/// <summary>The transports to servers.</summary>
internal static class McpTransports
{
    private static readonly TimeSpan _connectTime = TimeSpan.FromSeconds(15);

    /// <summary>How long a connection is reused, so that a change of the server's address is noticed.</summary>
    private static readonly TimeSpan _connectionLife = TimeSpan.FromMinutes(15);

    /// <summary>
    /// An HTTP client without a timeout: a call may take minutes and is limited by the tool timeout. It does not follow
    /// redirects, because they would pass on the configured headers, such as keys.
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

    /// <summary>Creates the transport for a server's settings.</summary>
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
