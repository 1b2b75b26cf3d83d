using System.Runtime.CompilerServices;
using DurableChat.Models;
using Microsoft.Extensions.AI;

namespace DurableChat.Server.Models;

/// <summary>
/// A model that needs no key and no network. It answers from the conversation alone, so equal conversations get equal
/// answers, and streams word by word at a readable pace. It is for trying out the server, so it can also think, call
/// tools, write long answers, and fail. Thread-safe.
/// </summary>
internal sealed class DemoModel(TimeSpan wordDelay, TimeProvider time) : IChatClient
{
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var conversation = DemoConversation.Of([.. messages]);
        var script = DemoScript.Answer(conversation, options?.Tools ?? []);
        var words = 0;
        foreach (var word in DemoScript.SplitWords(script.Reasoning))
        {
            await PauseAsync(cancellationToken);
            yield return Update(new TextReasoningContent(word));
            words++;
        }

        foreach (var word in DemoScript.SplitWords(conversation.Continue(script.Text)))
        {
            await PauseAsync(cancellationToken);
            yield return Update(new TextContent(word));
            words++;
        }

        if (script.Fails)
        {
            throw new ModelException("model_unavailable", "The demo model fails when it is told to.", retryable: true);
        }

        if (script.ToolCall is { } call)
        {
            yield return Update(call);
        }

        yield return new ChatResponseUpdate
        {
            Role = ChatRole.Assistant,
            FinishReason = script.ToolCall is null ? ChatFinishReason.Stop : ChatFinishReason.ToolCalls,
            Contents = [new UsageContent(
                new UsageDetails { InputTokenCount = conversation.Words, OutputTokenCount = words })],
        };
    }

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }

    private static ChatResponseUpdate Update(AIContent content) => new(ChatRole.Assistant, [content]);

    private Task PauseAsync(CancellationToken cancellationToken) =>
        wordDelay > TimeSpan.Zero ? Task.Delay(wordDelay, time, cancellationToken)
            : cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken)
            : Task.CompletedTask;
}
