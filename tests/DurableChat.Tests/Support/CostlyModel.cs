using System.Runtime.CompilerServices;
using DurableChat.Chats;
using DurableChat.Models;

namespace DurableChat.Tests.Support;

/// <summary>
/// A model whose call number n costs n tokens of input and 10 × n of output, which it says before anything else; then
/// it does what the test wants.
/// </summary>
internal sealed class CostlyModel(Func<int, CancellationToken, IAsyncEnumerable<ModelUpdate>> script) : IModelClient
{
    private int _calls;

    public static TokenUsage CostOf(params int[] calls) => new(calls.Sum(), calls.Sum() * 10);

    public async IAsyncEnumerable<ModelUpdate> StreamAsync(
        ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var call = Interlocked.Increment(ref _calls);
        yield return new UsageUpdate(CostOf(call)) { Model = "costly-2" };
        await foreach (var update in script(call, cancellationToken))
        {
            yield return update;
        }
    }

    public static async IAsyncEnumerable<ModelUpdate> Say(params MessagePart[] parts)
    {
        foreach (var part in parts)
        {
            await Task.Yield();
            yield return new PartUpdate(part);
        }

        yield return new EndUpdate(parts.OfType<ToolCallPart>().Any() ? FinishReason.ToolCalls : FinishReason.Stop);
    }

    /// <summary>Says something and then nothing until it is cancelled.</summary>
    public static async IAsyncEnumerable<ModelUpdate> Hang(
        string text, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (text.Length > 0)
        {
            yield return new PartUpdate(new TextPart(text));
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    /// <summary>Says something and fails.</summary>
    public static async IAsyncEnumerable<ModelUpdate> Fail(string text, bool retryable = true)
    {
        await Task.Yield();
        if (text.Length > 0)
        {
            yield return new PartUpdate(new TextPart(text));
        }

        throw new ModelException("model_overloaded", "It is busy.", retryable);
    }
}
