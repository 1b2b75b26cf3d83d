using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace DurableChat.Tests.Support;

/// <summary>A model that says what the test makes it say, when the test lets it.</summary>
internal sealed class ScriptedModel(Func<int, IReadOnlyList<ChatMessage>, CancellationToken, IAsyncEnumerable<AIContent>> script) : IChatClient
{
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    /// <summary>The history of each call.</summary>
    public List<IReadOnlyList<ChatMessage>> Histories { get; } = [];

    /// <summary>Answers every call with "answer N" in two parts.</summary>
    public static ScriptedModel Answering() => new((call, _, _) => Say($"answer", $" {call}"));

    public static async IAsyncEnumerable<AIContent> Say(params string[] texts)
    {
        foreach (var text in texts)
        {
            await Task.Yield();
            yield return new TextContent(text);
        }
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var history = messages.ToList();
        lock (Histories)
        {
            Histories.Add(history);
        }

        await foreach (var content in script(Interlocked.Increment(ref _calls), history, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ChatResponseUpdate(ChatRole.Assistant, [content]);
        }
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
