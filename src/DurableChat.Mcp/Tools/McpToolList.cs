using System.Runtime.CompilerServices;
using System.Text.Json;
using DurableChat.Mcp.Connections;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace DurableChat.Mcp.Tools;

/// <summary>The tools of a server that models may call. Any thread may read it; one thread updates it.</summary>
internal sealed partial class McpToolList(McpServer server, ILogger logger)
{
    private readonly ILogger _logger = logger;
    private readonly bool _allowsAll = server.AllowedTools.Contains(McpServer.AllTools);
    private volatile IReadOnlyList<AIFunction> _tools = [];
    private McpConnection? _connection;
    private List<string>? _definitions;

    /// <summary>The tools as of the last update.</summary>
    public IReadOnlyList<AIFunction> Tools => _tools;

    /// <summary>Asks the server for its tools.</summary>
    public async Task UpdateAsync(McpConnection connection, CancellationToken cancellationToken)
    {
        var offered = 0;
        var isCut = false;
        List<Tool> allowed = [];
        List<string> definitions = [];
        var bytes = 0;
        await foreach (var tool in ListAsync(connection, () => isCut = true, cancellationToken).ConfigureAwait(false))
        {
            offered++;
            if (!_allowsAll && !server.AllowedTools.Contains(tool.Name))
            {
                continue;
            }

            var definition = JsonSerializer.Serialize(tool, McpJsonUtilities.DefaultOptions);
            if (allowed.Count == McpLimits.MaxTools || bytes + definition.Length > McpLimits.MaxDefinitionBytes)
            {
                isCut = true;
                break;
            }

            if (!TryRegister(connection, tool))
            {
                continue;
            }

            bytes += definition.Length;
            allowed.Add(tool);
            definitions.Add(definition);
        }

        if (_connection == connection && _definitions is { } known && known.SequenceEqual(definitions))
        {
            return;
        }

        var names = allowed.Select(tool => tool.Name).Append(McpServer.AllTools);
        foreach (var missing in server.AllowedTools.Except(names))
        {
            LogMissing(server.Name, missing);
        }

        if (isCut)
        {
            LogCut(server.Name, allowed.Count);
        }

        if (_connection == connection)
        {
            connection.Client.RemoveKnownTools(
                [.. _tools.OfType<McpTool>().Select(tool => tool.ServerName).Except(allowed.Select(tool => tool.Name))]);
        }

        _tools = [.. allowed.Select(tool => new McpTool(connection, new McpClientTool(connection.Client, tool), server.Prefix))];
        (_connection, _definitions) = (connection, definitions);
        LogConnected(server.Name, allowed.Count, offered);
    }

    /// <summary>
    /// Registers a tool with the client, so that calls send the arguments that the tool expects in headers. False if
    /// the tool declares them in a forbidden way. The client registers only the tools that its own unlimited listing
    /// returns.
    /// </summary>
    private bool TryRegister(McpConnection connection, Tool tool)
    {
        try
        {
            connection.Client.AddKnownTools([tool]);
            return true;
        }
        catch (ArgumentException exception)
        {
            LogInvalid(server.Name, tool.Name, exception.Message);
            return false;
        }
    }

    /// <summary>
    /// Reads the pages one by one: a server may return more tools than fit in memory, or endless pages.
    /// </summary>
    private static async IAsyncEnumerable<Tool> ListAsync(
        McpConnection connection, Action onCut, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        for (var page = 0; page < McpLimits.MaxPages; page++)
        {
            var read = await ReadPageAsync(connection, cursor, cancellationToken).ConfigureAwait(false);
            foreach (var tool in read.Tools ?? [])
            {
                if (tool?.Name is not null)
                {
                    yield return tool;
                }
            }

            cursor = read.NextCursor;
            if (cursor is null)
            {
                yield break;
            }
        }

        onCut();
    }

    private static async Task<ListToolsResult> ReadPageAsync(
        McpConnection connection, string? cursor, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.Client
                .ListToolsAsync(new ListToolsRequestParams { Cursor = cursor }, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (McpProtocolException exception) when (exception.ErrorCode == McpErrorCode.MethodNotFound)
        {
            // A server may offer only prompts and resources.
            return new ListToolsResult();
        }
    }

    [LoggerMessage(1, LogLevel.Information, "MCP server {Server}: {Allowed} of {Offered} tools may be called")]
    private partial void LogConnected(string server, int allowed, int offered);

    [LoggerMessage(2, LogLevel.Warning, "MCP server {Server} has no tool '{Tool}', which is allowed")]
    private partial void LogMissing(string server, string tool);

    [LoggerMessage(6, LogLevel.Warning, "MCP server {Server} offers more tools than can be used; the first {Taken} that are allowed are used. Name those you need in AllowedTools")]
    private partial void LogCut(string server, int taken);

    [LoggerMessage(7, LogLevel.Warning, "Tool {Tool} of MCP server {Server} is left out: {Problem}")]
    private partial void LogInvalid(string server, string tool, string problem);
}
