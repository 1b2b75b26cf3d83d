using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace DurableChat.Client.Adapters;

/// <summary>A program's request in the server's terms. Immutable.</summary>
/// <param name="ChatId">The id of the chat. Null for a new one.</param>
/// <param name="Text">The text to send. Null for none.</param>
/// <param name="Results">The results of client-side tool calls.</param>
/// <param name="Tools">The tools that run in the program.</param>
internal sealed record Request(
    string? ChatId,
    string? Text,
    IReadOnlyList<ToolResult> Results,
    IReadOnlyList<ClientTool> Tools)
{
    private const string AnswerPrefix = "durablechat:";

    /// <summary>The settings of the answer. Null leaves them to the server.</summary>
    public ChatSettings? Settings { get; init; }

    /// <summary>The id of an answer's message, which contains its chat's id, because programs keep it.</summary>
    public static string AnswerId(string chatId, long generation) => $"{AnswerPrefix}{chatId}:{generation}";

    /// <summary>Reads a request.</summary>
    /// <exception cref="NotSupportedException">
    /// The request needs something that the server does not support.
    /// </exception>
    /// <exception cref="ArgumentException">The request has no content.</exception>
    public static Request Read(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options,
        DurableChatAdapterOptions settings)
    {
        var all = messages.ToList();
        if (!settings.IgnoreInstructions
            && (!string.IsNullOrEmpty(options?.Instructions) || all.Exists(message => message.Role == ChatRole.System)))
        {
            throw new NotSupportedException(
                $"The server tells the model its own instructions; this program's would have no effect. Remove them, "
                    + $"or set {nameof(DurableChatAdapterOptions)}."
                    + $"{nameof(DurableChatAdapterOptions.IgnoreInstructions)}.");
        }

        var answer = all.FindLastIndex(message => message.Role == ChatRole.Assistant);
        var chat = options?.ConversationId ?? (answer < 0 ? null : ChatOf(all[answer].MessageId));
        if (chat is null && answer >= 0)
        {
            throw new NotSupportedException(
                "The history holds answers that are not this server's, and a chat cannot begin with answers.");
        }

        var said = all.Skip(answer + 1)
            .Where(message => message.Role != ChatRole.System)
            .SelectMany(message => message.Contents)
            .ToList();
        var text = string.Join(
            "\n\n", said.OfType<TextContent>().Select(content => content.Text).Where(part => part.Length > 0));
        var results = said.OfType<FunctionResultContent>().Select(ReadResult).ToList();
        if (said.Find(content => content is not (TextContent or FunctionResultContent)) is { } unknown)
        {
            throw new NotSupportedException($"The server takes texts and tool results, no {unknown.GetType().Name}.");
        }

        return text.Length > 0 || (results.Count > 0 && chat is not null)
            ? new Request(chat, text.Length > 0 ? text : null, results, [.. (options?.Tools ?? [])
                .OfType<AIFunctionDeclaration>()
                .Select(tool => new ClientTool(tool.Name, tool.Description, tool.JsonSchema))])
            {
                Settings = settings.IgnoreSettings ? null : SettingsReader.Read(options),
            }
            : throw new ArgumentException("There is nothing to say behind the newest answer.", nameof(messages));
    }

    private static string? ChatOf(string? messageId) =>
        messageId?.StartsWith(AnswerPrefix, StringComparison.Ordinal) == true
            && messageId.Split(':') is [_, var chat, _] ? chat : null;

    private static ToolResult ReadResult(FunctionResultContent content)
    {
        var value = content.Result switch
        {
            JsonElement element => element,
            JsonNode node =>
                JsonSerializer.SerializeToElement(node, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonNode))),
            var other => JsonSerializer.SerializeToElement(
                other, AIJsonUtilities.DefaultOptions.GetTypeInfo(other?.GetType() ?? typeof(object))),
        };
        return new ToolResult(content.CallId, value, content.Exception is not null);
    }
}
