using DurableChat.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Mcp.Tools;

/// <summary>The tools of all servers. Thread-safe.</summary>
internal sealed class McpToolSource(McpOptions options, TimeProvider time, ILoggerFactory loggers) : BackgroundService, IToolSource
{
    private readonly McpLink[] _links = [.. options.Servers.Select(server => new McpLink(server, options.PingInterval, time, loggers))];

    /// <inheritdoc/>
    public IReadOnlyList<AIFunction> Tools => _links.Length == 1 ? _links[0].Tools : [.. _links.SelectMany(link => link.Tools)];

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(_links.Select(link => link.FirstAttempt)).WaitAsync(options.StartPatience, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(_links.Select(link => link.RunAsync(stoppingToken)));
}
