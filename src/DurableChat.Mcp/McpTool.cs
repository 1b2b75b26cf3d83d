using System.Text;
using System.Text.Json.Nodes;
using DurableChat.Models;
using Microsoft.Extensions.AI;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace DurableChat.Mcp;

/// <summary>A tool of a server, under a name that models' providers take, with a result that models can read. Immutable.</summary>
internal sealed class McpTool(McpClientTool tool, string? prefix) : DelegatingAIFunction(tool)
{
    /// <summary>Where in a call's metadata its id stands, so that a server can tell a call that is repeated after a crash.</summary>
    private const string CallIdKey = "durablechat/idempotency_key";

    private const int MaxNameLength = 64;

    /// <inheritdoc/>
    public override string Name { get; } = NameOf($"{prefix}{tool.Name}");

    /// <inheritdoc/>
    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var called = arguments.Context?.TryGetValue(ToolRegistry.IdempotencyKey, out var id) == true && id is string callId
            ? tool.WithMeta(new JsonObject { [CallIdKey] = callId })
            : tool;
        var result = await called.CallAsync(arguments, cancellationToken: cancellationToken).ConfigureAwait(false);
        var text = TextOf(result);

        // What a server says of a failure is meant for the model.
        return result.IsError == true ? throw new ToolInputException(text.Length > 0 ? text : "The tool failed.") : text;
    }

    private static string TextOf(CallToolResult result)
    {
        if (result.StructuredContent is { } structured)
        {
            return structured.GetRawText();
        }

        var text = new StringBuilder();
        foreach (var block in result.Content)
        {
            text.Append(text.Length > 0 ? "\n" : string.Empty).Append(block is TextContentBlock said ? said.Text : $"[{block.Type}]");
        }

        return text.ToString();
    }

    private static string NameOf(string name)
    {
        var clean = string.Concat(name.Select(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' ? character : '_'));
        return clean.Length <= MaxNameLength ? clean : clean[..MaxNameLength];
    }
}
