using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Mcp.Connections;
using DurableChat.Models;
using Microsoft.Extensions.AI;
using ModelContextProtocol;
using ModelContextProtocol.Client;

namespace DurableChat.Mcp.Tools;

/// <summary>
/// A tool of a server, with a name that model providers accept and a result that models can read. Immutable.
/// </summary>
internal sealed class McpTool(McpConnection connection, McpClientTool tool, string? prefix) : DelegatingAIFunction(tool)
{
    /// <summary>
    /// The key of the call's id in its metadata, so that a server can recognise a call that is repeated after a crash.
    /// </summary>
    private const string CallIdKey = "durablechat/idempotency_key";

    private const int MaxNameLength = 64;

    /// <inheritdoc/>
    public override string Name { get; } = NameOf($"{prefix}{tool.Name}");

    /// <summary>The server's name for the tool.</summary>
    public string ServerName => tool.Name;

    /// <inheritdoc/>
    protected override async ValueTask<object?> InvokeCoreAsync(
        AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var called = Find<string>(arguments, ToolRegistry.IdempotencyKey) is { } callId
            ? tool.WithMeta(new JsonObject { [CallIdKey] = callId })
            : tool;
        var progress = Find<IProgress<string>>(arguments, ToolRegistry.Progress) is { } texts
            ? new McpProgress(texts)
            : null;
        var (text, isError) = await CallAsync(called, arguments, progress, cancellationToken).ConfigureAwait(false);

        // A server's error message is meant for the model.
        return isError
            ? throw new ToolInputException(text.Length > 0 ? text : "The tool failed.")
            : text;
    }

    private static T? Find<T>(AIFunctionArguments arguments, string key)
        where T : class =>
        arguments.Context?.TryGetValue(key, out var value) == true ? value as T : null;

    private async ValueTask<(string Text, bool IsError)> CallAsync(
        McpClientTool called, AIFunctionArguments arguments, McpProgress? progress, CancellationToken cancellationToken)
    {
        try
        {
            var result = await connection
                .CallAsync(() => called.CallAsync(arguments, progress, cancellationToken: cancellationToken))
                .ConfigureAwait(false)
                ?? throw new ToolInputException("The tool's server cannot be reached now. The call was not sent.");
            return (McpResultText.Of(result), result.IsError == true);
        }
        catch (McpProtocolException exception)
        {
            throw new ToolInputException(exception.Message);
        }
        catch (Exception exception)
            when (exception is FormatException or IOException or HttpRequestException or JsonException or McpException
                && !cancellationToken.IsCancellationRequested)
        {
            throw new ToolInputException(
                "The tool's answer is too large, or broke off. The tool may have had effects.");
        }
        catch (InvalidOperationException exception)
            when (exception.Message.Contains("input request", StringComparison.Ordinal))
        {
            // A server may ask for input instead of returning a result. The client does not support any such request.
            throw new ToolInputException(
                "The tool asked for input from the user or a model, which is not supported here.");
        }
        catch (Exception exception)
            when (exception is InvalidOperationException or ArgumentException
                && !cancellationToken.IsCancellationRequested)
        {
            // The client's JSON reader throws this for unexpected values.
            throw new ToolInputException("The tool's answer cannot be read. The tool may have had effects.");
        }
    }

    private static string NameOf(string name)
    {
        var clean = string.Concat(name.Select(character =>
            char.IsAsciiLetterOrDigit(character) || character is '_' or '-' ? character : '_'));
        return clean.Length <= MaxNameLength ? clean : clean[..MaxNameLength];
    }
}
