using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace DurableChat.Mcp;

/// <summary>
/// Holds the connection to one server, and knows its tools. After a connection is lost it keeps the tools that it knew, and connects again with a pause that grows. Thread-safe.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A semaphore without a wait handle has nothing to dispose of.")]
internal sealed partial class McpLink(McpServer server, TimeSpan pingInterval, TimeProvider time, ILoggerFactory loggers)
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestPause = TimeSpan.FromMinutes(1);

    /// <summary>For how long a server may leave a question open that it could answer at once; one that takes longer counts as lost.</summary>
    private static readonly TimeSpan _answerTime = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan _goodbyeTime = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger = loggers.CreateLogger<McpLink>();
    private readonly TaskCompletionSource _firstAttempt = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _listing = new(1, 1);
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
                var client = await McpClient.CreateAsync(Transport(), new McpClientOptions { TimeProvider = time }, loggers, cancellationToken).ConfigureAwait(false);
                try
                {
                    // Before the first list, or a change right behind it would be missed.
                    await using var listening = client.RegisterNotificationHandler(
                        NotificationMethods.ToolListChangedNotification, async (_, token) => await ListAsync(client, token).ConfigureAwait(false)).ConfigureAwait(false);
                    await ListAsync(client, cancellationToken).ConfigureAwait(false);
                    _firstAttempt.TrySetResult();
                    pause = _firstPause;
                    await StayAsync(client, cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    // A server that is silent does not answer a goodbye either.
                    await client.DisposeAsync().AsTask().WaitAsync(_goodbyeTime, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

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

    /// <summary>Asks the server now and then whether it is there, until it is gone.</summary>
    private async Task StayAsync(McpClient client, CancellationToken cancellationToken)
    {
        while (!client.Completion.IsCompleted)
        {
            try
            {
                await client.Completion.WaitAsync(pingInterval, time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                await LimitAsync(async token => await client.PingAsync(cancellationToken: token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Lists the tools: one list at a time, so that the newest is what counts.</summary>
    private async Task ListAsync(McpClient client, CancellationToken cancellationToken)
    {
        await _listing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var offered = await LimitAsync(async token => await client.ListToolsAsync(cancellationToken: token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            var allowed = offered.Where(tool => server.AllowedTools.Contains(McpServer.AllTools) || server.AllowedTools.Contains(tool.Name)).ToList();
            foreach (var missing in server.AllowedTools.Where(name => name != McpServer.AllTools).Except(offered.Select(tool => tool.Name)))
            {
                LogMissing(server.Name, missing);
            }

            _tools = [.. allowed.Select(tool => new McpTool(tool, server.Prefix))];
            LogConnected(server.Name, allowed.Count, offered.Count);
        }
        finally
        {
            _listing.Release();
        }
    }

    /// <exception cref="TimeoutException">The server took too long.</exception>
    private async Task<T> LimitAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_answerTime, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await ask(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The MCP server '{server.Name}' did not answer within {_answerTime}.", exception);
        }
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
