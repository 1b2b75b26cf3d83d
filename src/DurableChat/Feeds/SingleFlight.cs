namespace DurableChat.Feeds;

/// <summary>
/// Shares one asynchronous read among all concurrent callers that need the same data. The read has its own lifetime: a
/// caller that gives up does not affect the others. A failure reaches the callers that waited for it and is not cached:
/// the next caller starts a new read. Thread-safe.
/// </summary>
internal sealed class SingleFlight<TKey, TPlace, TResult>(TimeSpan timeout, TimeProvider time)
    where TKey : notnull
{
    private readonly object _gate = new();
    private readonly Dictionary<TKey, List<Flight>> _flights = [];

    /// <summary>
    /// Joins the read of a key from a place that <paramref name="joins"/> accepts, or starts one from
    /// <paramref name="place"/>. Only reads of that key are considered.
    /// </summary>
    public Task<TResult> RunAsync(
        TKey key,
        TPlace place,
        Func<TPlace, bool> joins,
        Func<CancellationToken, Task<TResult>> read,
        CancellationToken cancellationToken)
    {
        Flight flight;
        lock (_gate)
        {
            if (!_flights.TryGetValue(key, out var underWay))
            {
                _flights.Add(key, underWay = new List<Flight>(1));
            }

            foreach (var other in underWay)
            {
                if (joins(other.Place))
                {
                    return other.Landing.Task.WaitAsync(cancellationToken);
                }
            }

            flight = new Flight(place);
            underWay.Add(flight);
        }

        _ = FlyAsync(key, flight, read);
        return flight.Landing.Task.WaitAsync(cancellationToken);
    }

    private async Task FlyAsync(TKey key, Flight flight, Func<CancellationToken, Task<TResult>> read)
    {
        using var lifetime = new CancellationTokenSource(timeout, time);
        try
        {
            var result = await read(lifetime.Token).ConfigureAwait(false);
            Land(key, flight);
            flight.Landing.TrySetResult(result);
        }
#pragma warning disable CA1031 // The failure belongs to the waiting callers.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Land(key, flight);
            flight.Landing.TrySetException(lifetime.IsCancellationRequested
                ? new TimeoutException("A shared read took too long.", exception)
                : exception);
            _ = flight.Landing.Task.Exception;
        }
    }

    /// <summary>
    /// Remove it before the result is returned, so that the next caller does not join a read that is over.
    /// </summary>
    private void Land(TKey key, Flight flight)
    {
        lock (_gate)
        {
            var underWay = _flights[key];
            underWay.Remove(flight);
            if (underWay.Count == 0)
            {
                _flights.Remove(key);
            }
        }
    }

    private sealed class Flight(TPlace place)
    {
        public TPlace Place => place;

        public TaskCompletionSource<TResult> Landing { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
