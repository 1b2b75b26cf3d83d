namespace DurableChat.Feeds;

/// <summary>
/// Shares one asynchronous read among all who ask for the same thing at the same time. The read has a lifetime of its own: a caller that gives up leaves the
/// others waiting undisturbed. A failure reaches those who waited for it and is not remembered: the next caller starts anew. Thread-safe.
/// </summary>
internal sealed class SingleFlight<TKey, TResult>(TimeSpan timeout, TimeProvider time)
    where TKey : notnull
{
    private readonly object _gate = new();
    private readonly Dictionary<TKey, Task<TResult>> _flights = [];

    /// <summary>Joins the read for a key that <paramref name="joins"/> accepts, or starts one for <paramref name="key"/>.</summary>
    public Task<TResult> RunAsync(TKey key, Func<TKey, bool> joins, Func<CancellationToken, Task<TResult>> read, CancellationToken cancellationToken)
    {
        TaskCompletionSource<TResult> flight;
        lock (_gate)
        {
            foreach (var (underWay, task) in _flights)
            {
                if (joins(underWay))
                {
                    return task.WaitAsync(cancellationToken);
                }
            }

            flight = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            _flights[key] = flight.Task;
        }

        _ = FlyAsync(key, flight, read);
        return flight.Task.WaitAsync(cancellationToken);
    }

    private async Task FlyAsync(TKey key, TaskCompletionSource<TResult> flight, Func<CancellationToken, Task<TResult>> read)
    {
        using var lifetime = new CancellationTokenSource(timeout, time);
        try
        {
            var result = await read(lifetime.Token).ConfigureAwait(false);
            Land(key);
            flight.TrySetResult(result);
        }
#pragma warning disable CA1031 // Whatever went wrong belongs to those who wait.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Land(key);
            flight.TrySetException(lifetime.IsCancellationRequested ? new TimeoutException("A shared read took too long.", exception) : exception);
            _ = flight.Task.Exception;
        }
    }

    /// <summary>Before the result is handed out, so that whoever looks next does not join a read that is over.</summary>
    private void Land(TKey key)
    {
        lock (_gate)
        {
            _flights.Remove(key);
        }
    }
}
