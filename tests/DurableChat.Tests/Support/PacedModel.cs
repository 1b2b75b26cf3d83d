using System.Runtime.CompilerServices;
using DurableChat.Chats;
using DurableChat.Models;

namespace DurableChat.Tests.Support;

/// <summary>A model whose answer comes piece by piece, as the test lets it. Its end counts as a piece.</summary>
internal sealed class PacedModel(params IReadOnlyList<MessagePart> pieces) : IModelClient
{
    private readonly SemaphoreSlim _let = new(0);
    private int _calls;
    private int _waits;

    public PacedModel(params string[] texts)
        : this([.. texts.Select(text => (MessagePart)new TextPart(text))])
    {
    }

    /// <summary>How often it was asked.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>How often it has waited: once more than it has said pieces that were taken from it.</summary>
    public int Waits => Volatile.Read(ref _waits);

    /// <summary>Lets it say some pieces more.</summary>
    public void Let(int more) => _let.Release(more);

    /// <summary>Lets it say all of its answer.</summary>
    public PacedModel LetAll()
    {
        Let(pieces.Count + 1);
        return this;
    }

    public async IAsyncEnumerable<ModelUpdate> StreamAsync(
        ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        foreach (var piece in pieces)
        {
            await WaitAsync(cancellationToken);
            yield return new PartUpdate(piece);
        }

        await WaitAsync(cancellationToken);
        yield return new UsageUpdate(new TokenUsage(100, 50));
        yield return new EndUpdate(FinishReason.Stop);
    }

    private Task WaitAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waits);
        return _let.WaitAsync(cancellationToken);
    }
}
