using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Samples;

/// <summary>
/// Stands in for a model, so that the samples need no key: it says again what it is told, word by word, after its
/// instructions if it has any. Told "call NAME {arguments}", it calls that tool and says what came of it. Put your own
/// <see cref="IChatClient"/> in its place.
/// </summary>
internal sealed class DemoChatClient(TimeSpan? pause = null) : IChatClient
{
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var history = messages.ToList();
        var result = history[^1].Contents.OfType<FunctionResultContent>().FirstOrDefault();
        if (result is null && history[^1].Text.Split(' ', 3) is ["call", var tool, .. var rest])
        {
            var arguments = JsonSerializer.Deserialize<Dictionary<string, object?>>(rest is [var json] ? json : "{}");
            yield return new(ChatRole.Assistant, [new FunctionCallContent($"call_{history.Count}", tool, arguments)]);
            yield break;
        }

        var instructions = string.Concat(
            history.Where(message => message.Role == ChatRole.System).Select(message => $"({message.Text}) "));
        var answer = instructions
            + (result is null ? $"You said: {history[^1].Text}" : $"The tool said: {result.Result}");
        foreach (var word in answer.Split(' ').Select((word, place) => place == 0 ? word : $" {word}"))
        {
            await Task.Delay(pause ?? TimeSpan.FromMilliseconds(30), cancellationToken);
            yield return new(ChatRole.Assistant, word);
        }
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
}
