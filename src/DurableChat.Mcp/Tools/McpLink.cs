using System.Text.Json.Nodes;
using DurableChat.Mcp.Connections;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace DurableChat.Mcp.Tools;

/// <summary>
/// Keeps a connection to one server and its list of tools. After a connection is lost it keeps the known tools and
/// reconnects with growing pauses. Calls in flight may still end on the lost connection. Thread-safe.
/// </summary>
internal sealed partial class McpLink(
    McpServer server, TimeSpan pingInterval, TimeProvider time, ILoggerFactory loggers)
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestPause = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a server may take to answer a request that needs no work. A slower server counts as lost.
    /// </summary>
    private static readonly TimeSpan _answerTime = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan _goodbyeTime = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger = loggers.CreateLogger<McpLink>();
    private readonly McpToolList _list = new(server, loggers.CreateLogger<McpLink>());
    private readonly TaskCompletionSource _firstAttempt = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The tools that models may call.</summary>
    public IReadOnlyList<AIFunction> Tools => _list.Tools;

    /// <summary>Completes when the first connection attempt has succeeded or failed.</summary>
    public Task FirstAttempt => _firstAttempt.Task;

    /// <summary>Keeps the server connected until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var http = McpTransports.CreateHttpClient();
        List<Task> closing = [];
        var pause = new GrowingPause(_firstPause, _longestPause);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var connection = await McpConnection
                    .OpenAsync(server, http, time, loggers, cancellationToken).ConfigureAwait(false);
                try
                {
                    await ListAsync(connection, cancellationToken).ConfigureAwait(false);
                    _firstAttempt.TrySetResult();
                    pause.Reset();
                    await StayAsync(connection, cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    closing.RemoveAll(task => task.IsCompleted);
                    closing.Add(CloseAsync(connection, cancellationToken));
                }

                LogLost(server.Name);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // An unavailable or faulty server must not end the host.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogFailed(server.Name, pause.Current, exception);
            }

            _firstAttempt.TrySetResult();
            await Task.Delay(pause.Current, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause.Grow();
        }

        await Task.WhenAll(closing).ConfigureAwait(false);
    }

    /// <summary>Maintains a connection until it is lost.</summary>
    private async Task StayAsync(McpConnection connection, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var listening = connection.HasListeners ? ListenAsync(connection, end.Token) : Task.CompletedTask;
        try
        {
            while (true)
            {
                var hasChanged = await connection
                    .WaitForChangeAsync(pingInterval, time, cancellationToken).ConfigureAwait(false);
                if (connection.IsLost)
                {
                    return;
                }

                // Listing the tools is a sign of life too. Without pings it is the only one, and it finds changes that
                // were not announced.
                var check = hasChanged || !connection.HasPing
                    ? ListAsync(connection, cancellationToken)
                    : PingAsync(connection, cancellationToken);
                await check.ConfigureAwait(false);
            }
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            await listening.ConfigureAwait(false);
        }
    }

    private async Task PingAsync(McpConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await LimitAsync(token => connection.Client.PingAsync(cancellationToken: token).AsTask(), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (McpProtocolException exception) when (exception.ErrorCode == McpErrorCode.MethodNotFound)
        {
            // A server that answers with an error is alive.
        }
    }

    private Task ListAsync(McpConnection connection, CancellationToken cancellationToken) =>
        LimitAsync(token => _list.UpdateAsync(connection, token), cancellationToken);

    /// <summary>Keeps a subscription to tool changes, and renews it when it ends.</summary>
    private async Task ListenAsync(McpConnection connection, CancellationToken cancellationToken)
    {
        var pause = new GrowingPause(_firstPause, _longestPause);
        while (!cancellationToken.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            try
            {
                var subscription = new JsonRpcRequest
                {
                    Method = RequestMethods.SubscriptionsListen,
                    Params = new JsonObject { ["notifications"] = new JsonObject { ["toolsListChanged"] = true } },
                };
                await connection.Client.SendRequestAsync(subscription, cancellationToken).ConfigureAwait(false);
            }
            catch (McpProtocolException exception) when (exception.ErrorCode == McpErrorCode.MethodNotFound)
            {
                return;
            }
#pragma warning disable CA1031 // Without a subscription, changes are found later. A lost server is detected elsewhere.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogNotListening(server.Name, exception);
            }

            if (time.GetElapsedTime(began) > _longestPause)
            {
                pause.Reset();
            }
            else
            {
                pause.Grow();
            }

            await Task.Delay(pause.Current, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Closes a connection when its last call has ended, or at once if everything must end.</summary>
    private async Task CloseAsync(McpConnection connection, CancellationToken cancellationToken)
    {
        connection.Retire();
        await connection.Idle.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // A silent server does not answer a close either.
        await connection.Client.DisposeAsync().AsTask().WaitAsync(_goodbyeTime, time, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <exception cref="TimeoutException">The server took too long.</exception>
    private async Task LimitAsync(Func<CancellationToken, Task> ask, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_answerTime, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await ask(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception)
            when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"The MCP server '{server.Name}' did not answer within {_answerTime}.", exception);
        }
    }

    [LoggerMessage(3, LogLevel.Warning, "MCP server {Server} cannot be used; next try in {Pause}")]
    private partial void LogFailed(string server, TimeSpan pause, Exception exception);

    [LoggerMessage(4, LogLevel.Warning, "The connection to MCP server {Server} was lost")]
    private partial void LogLost(string server);

    [LoggerMessage(5, LogLevel.Debug, "MCP server {Server} ended the subscription to changes of its tools")]
    private partial void LogNotListening(string server, Exception exception);
}
