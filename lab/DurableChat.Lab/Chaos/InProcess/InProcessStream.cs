using System.Runtime.CompilerServices;
using DurableChat.Feeds;
using DurableChat.ScaleTest.Wire;
using DurableChat.Storage;

namespace DurableChat.Lab.Chaos.InProcess;

/// <summary>
/// A stream of a replica within this process: the bytes that a client would get, without a connection.
/// </summary>
internal sealed class InProcessStream(InProcessReplica replica, Subscription subscription) : IWireStream
{
    private Task _reading = Task.CompletedTask;

    public async IAsyncEnumerable<WireEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(replica.Leaving, cancellationToken);
        while (true)
        {
            var events = new List<StreamEvent>();
            try
            {
                if (!await replica.ServeAsync((_, aborted) => NextAsync(events, aborted), ended.Token))
                {
                    yield break;
                }
            }
            catch (ChatStoreException exception)
            {
                throw new IOException(exception.Message, exception);
            }
            catch (OperationCanceledException) when (replica.Leaving.IsCancellationRequested
                && !cancellationToken.IsCancellationRequested)
            {
                yield break;
            }

            foreach (var given in events)
            {
                yield return WireEvent.Read(null, given.Json.Span);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        // A read that was given up may still be on its way out, and a subscription is for one caller at a time.
        _ = _reading.ContinueWith(_ => subscription.Dispose(), TaskScheduler.Default);
        return ValueTask.CompletedTask;
    }

    private Task<bool> NextAsync(List<StreamEvent> events, CancellationToken aborted)
    {
        var next = subscription.NextAsync(events, aborted).AsTask();
        _reading = next;
        return next;
    }
}
