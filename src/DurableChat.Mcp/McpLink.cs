using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace DurableChat.Mcp;

/// <summary>
/// Holds the connection to one server, and knows its tools. After a connection is lost it keeps the tools that it knew, and connects again with a pause that grows. Thread-safe.
/// </summary>
internal sealed partial class McpLink(McpServer server, TimeSpan pingInterval, TimeProvider time, ILoggerFactory loggers)
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestPause = TimeSpan.FromMinutes(1);

    private readonly ILogger _logger = loggers.CreateLogger<McpLink>();
    private readonly TaskCompletionSource _firstAttempt = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyList<AIFunction> _tools = [];

    /// <summary>The tools that models may call.</summary>
    public IReadOnlyList<AIFunction> Tools => _tools;

    /// <summary>Completes when the first attempt to connect has succeeded or failed.</summary>
    public Task FirstAttempt => _firstAttempt.Task;

    /// <summary>Stays connected until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = _firstPause;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var client = await ConnectAsync(cancellationToken).ConfigureAwait(false);
                pause = _firstPause;
                await StayAsync(client, cancellationToken).ConfigureAwait(false);
                LogLost(server.Name);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A server that is away, or speaks nonsense, must not end the host.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogFailed(server.Name, pause, exception);
            }

            _firstAttempt.TrySetResult();
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < _longestPause ? pause * 2 : _longestPause;
        }
    }

    private async Task<McpClient> ConnectAsync(CancellationToken cancellationToken)
    {
        var client = await McpClient.CreateAsync(Transport(), new McpClientOptions { TimeProvider = time }, loggers, cancellationToken).ConfigureAwait(false);
        try
        {
            await ListAsync(client, cancellationToken).ConfigureAwait(false);
            _firstAttempt.TrySetResult();
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Lists the tools again whenever the server says that they have changed, until it is gone.</summary>
    private async Task StayAsync(McpClient client, CancellationToken cancellationToken)
    {
        await using var listening = client.RegisterNotificationHandler(
            NotificationMethods.ToolListChangedNotification, async (_, token) => await ListAsync(client, token).ConfigureAwait(false)).ConfigureAwait(false);
        while (!client.Completion.IsCompleted)
        {
            try
            {
                await client.Completion.WaitAsync(pingInterval, time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                await client.PingAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task ListAsync(McpClient client, CancellationToken cancellationToken)
    {
        var offered = await client.ListToolsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        var allowed = offered.Where(tool => server.AllowedTools.Contains(McpServer.AllTools) || server.AllowedTools.Contains(tool.Name)).ToList();
        foreach (var missing in server.AllowedTools.Where(name => name != McpServer.AllTools).Except(offered.Select(tool => tool.Name)))
        {
            LogMissing(server.Name, missing);
        }

        _tools = [.. allowed.Select(tool => new McpTool(tool, server.Prefix))];
        LogConnected(server.Name, allowed.Count, offered.Count);
    }

    private IClientTransport Transport() => server.Url is { } url
        ? new HttpClientTransport(new HttpClientTransportOptions { Name = server.Name, Endpoint = url, AdditionalHeaders = server.Headers }, loggers)
        : new StdioClientTransport(
            new StdioClientTransportOptions
            {
                Name = server.Name,
                Command = server.Command!,
                Arguments = server.Arguments,
                WorkingDirectory = server.WorkingDirectory,
                InheritEnvironmentVariables = false,
                EnvironmentVariables = Variables(),
            },
            loggers);

    private Dictionary<string, string?> Variables()
    {
        var variables = StdioClientTransportOptions.GetDefaultEnvironmentVariables();
        foreach (var (name, value) in server.Environment)
        {
            variables[name] = value;
        }

        return variables;
    }

    [LoggerMessage(1, LogLevel.Information, "MCP server {Server}: {Allowed} of {Offered} tools may be called")]
    private partial void LogConnected(string server, int allowed, int offered);

    [LoggerMessage(2, LogLevel.Warning, "MCP server {Server} has no tool '{Tool}', which is allowed")]
    private partial void LogMissing(string server, string tool);

    [LoggerMessage(3, LogLevel.Warning, "MCP server {Server} cannot be used; next try in {Pause}")]
    private partial void LogFailed(string server, TimeSpan pause, Exception exception);

    [LoggerMessage(4, LogLevel.Warning, "The connection to MCP server {Server} was lost")]
    private partial void LogLost(string server);
}
