using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace DurableChat.Lab.Hostile;

/// <summary>A model that calls the tool <c>add</c> when it is asked to, and else answers with a word.</summary>
internal sealed class CallingModel : IChatClient
{
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        AIContent content = messages.Last() is { Text: McpHostCommand.CallWord }
            ? new FunctionCallContent("call_1", "add")
            : new TextContent("Done.");
        yield return new ChatResponseUpdate(ChatRole.Assistant, [content]);
    }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }
}
