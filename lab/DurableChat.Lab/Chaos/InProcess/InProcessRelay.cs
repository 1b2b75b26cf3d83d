using System.Runtime.CompilerServices;
using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Relays;

namespace DurableChat.Lab.Chaos.InProcess;

/// <summary>Reaches the other replicas of this process for the parts of answers. Thread-safe.</summary>
internal sealed class InProcessRelay(Func<Uri, InProcessReplica?> find, ReplicaPower power) : IRelay
{
    public async IAsyncEnumerable<RelayFrame> ReadAsync(
        Uri address,
        ChatId chat,
        long generation,
        long afterSeq,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var other = find(address) ?? throw new RelayException("There is nobody.");
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(
            other.Power.Killed, power.Killed, cancellationToken);
        await using var frames = other.Relay.ReadAsync(chat, generation, afterSeq, ended.Token)
            .GetAsyncEnumerator(ended.Token);
        while (true)
        {
            bool hasMore;
            try
            {
                hasMore = await frames.MoveNextAsync();
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new RelayException("The connection broke.");
            }

            await other.Power.WaitAsync().WaitAsync(ended.Token);
            await power.WaitAsync();
            if (!hasMore)
            {
                yield break;
            }

            if (frames.Current is { } frame)
            {
                yield return frame;
            }
        }
    }
}
