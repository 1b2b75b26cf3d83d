namespace DurableChat.Feeds;

/// <summary>
/// Shares one asynchronous read among all who ask for the same thing at the same time. The read has a lifetime of its
/// own: a caller that gives up leaves the
/// others waiting undisturbed. A failure reaches those who waited for it and is not remembered: the next caller starts
/// anew. Thread-safe.
/// </summary>
internal sealed class SingleFlight<TKey, TPlace, TResult>(TimeSpan timeout, TimeProvider time)
    where TKey : notnull
{
    private readonly object _gate = new();
    private readonly Dictionary<TKey, List<Flight>> _flights = [];

    /// <summary>
    /// Joins the read of a key from a place that <paramref name="joins"/> accepts, or starts one from
    /// <paramref name="place"/>. Only reads of that key are looked at.
    /// </summary>
    public Task<TResult> RunAsync(TKey key, TPlace place, Func<TPlace, bool> joins, Func<CancellationToken, Task<TResult>> read, CancellationToken cancellationToken)
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
#pragma warning disable CA1031 // Whatever went wrong belongs to those who wait.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Land(key, flight);
            flight.Landing.TrySetException(lifetime.IsCancellationRequested ? new TimeoutException("A shared read took too long.", exception) : exception);
            _ = flight.Landing.Task.Exception;
        }
    }

    /// <summary>
    /// Before the result is handed out, so that whoever looks next does not join a read that is over.
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
