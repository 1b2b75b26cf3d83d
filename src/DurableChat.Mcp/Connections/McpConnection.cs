using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace DurableChat.Mcp.Connections;

/// <summary>
/// A connection to an MCP server and the calls that run over it. A retired connection takes no more calls, and stays
/// open until those in flight have ended. Thread-safe.
/// </summary>
internal sealed class McpConnection
{
    /// <summary>
    /// The first revision of the protocol without sessions and pings. Its servers announce changes only to listeners.
    /// </summary>
    private const string FirstWithoutPing = "2026-07-28";

    /// <summary>
    /// Holds at most one signal that the tools may have changed. Completes when the connection is lost.
    /// </summary>
    private readonly Channel<bool> _changes;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _calls;
    private bool _isRetired;

    private McpConnection(McpClient client, Channel<bool> changes)
    {
        (Client, _changes) = (client, changes);
        HasPing = string.CompareOrdinal(client.NegotiatedProtocolVersion, FirstWithoutPing) < 0;
        HasListeners = !HasPing && client.ServerCapabilities.Tools?.ListChanged == true;
        _ = client.Completion.ContinueWith(_ => changes.Writer.TryComplete(), TaskScheduler.Default);
    }

    /// <summary>The protocol client.</summary>
    public McpClient Client { get; }

    /// <summary>True if the server supports pings.</summary>
    public bool HasPing { get; }

    /// <summary>True if the server announces tool changes only to listeners.</summary>
    public bool HasListeners { get; }

    /// <summary>True if the server has ended the connection.</summary>
    public bool IsLost => Client.Completion.IsCompleted;

    /// <summary>Completes when no call is in flight and none can begin.</summary>
    public Task Idle => _idle.Task;

    /// <summary>Connects.</summary>
    public static async Task<McpConnection> OpenAsync(
        McpServer server,
        HttpClient http,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        var changes = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        var options = new McpClientOptions
        {
            TimeProvider = time,
            ProtocolVersion = server.ProtocolVersion,

            // There are no handlers for elicitation, sampling and roots: the client declares none of them, and answers
            // such a request with an error.
            Handlers = new McpClientHandlers
            {
                NotificationHandlers =
                [
                    new(NotificationMethods.ToolListChangedNotification, OnChange),

                    // A change before the server registered the listener was not announced.
                    new(NotificationMethods.SubscriptionsAcknowledgedNotification, OnChange),
                ],
            },
        };
        var transport = new McpFilteredTransport(McpTransports.Create(server, http, loggers));
        var client = await McpClient.CreateAsync(transport, options, loggers, cancellationToken).ConfigureAwait(false);
        return new(client, changes);

        ValueTask OnChange(JsonRpcNotification notification, CancellationToken token)
        {
            changes.Writer.TryWrite(true);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Waits until the tools may have changed, the connection is lost, or an interval has passed.</summary>
    /// <returns>True if the tools may have changed.</returns>
    public async Task<bool> WaitForChangeAsync(
        TimeSpan interval, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(interval, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await _changes.Reader.WaitToReadAsync(both.Token).ConfigureAwait(false)
                && _changes.Reader.TryRead(out _);
        }
        catch (OperationCanceledException)
            when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Runs a call.</summary>
    /// <returns>The server's result; null if the connection is retired and nothing was sent.</returns>
    public async ValueTask<CallToolResult?> CallAsync(Func<ValueTask<CallToolResult>> call)
    {
        lock (_gate)
        {
            if (_isRetired)
            {
                return null;
            }

            _calls++;
        }

        try
        {
            return await call().ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _calls--;
                EndIfIdleLocked();
            }
        }
    }

    /// <summary>Refuses further calls.</summary>
    public void Retire()
    {
        lock (_gate)
        {
            _isRetired = true;
            EndIfIdleLocked();
        }
    }

    private void EndIfIdleLocked()
    {
        if (_isRetired && _calls == 0)
        {
            _idle.TrySetResult();
        }
    }
}
