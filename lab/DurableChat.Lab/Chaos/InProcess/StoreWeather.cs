using System.Collections.Concurrent;
using DurableChat.ScaleTest.Mock;
using DurableChat.Storage;

namespace DurableChat.Lab.Chaos.InProcess;

/// <summary>What the database that all replicas share is going through. Thread-safe.</summary>
internal sealed class StoreWeather(ulong seed, TimeProvider time)
{
    private const int MostDelayed = 16;
    private static readonly TimeSpan _slowness = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long a caller waits for a commit that is late, and how much later that is done at least: time enough to look
    /// at the state in between.
    /// </summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _leastDelay = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<Task, byte> _late = new();
    private readonly Lock _lock = new();
    private StoreWeatherKind _kind;
    private TaskCompletionSource _cleared = Cleared();
    private int _outages;
    private uint _commits;

    /// <summary>It begins.</summary>
    public void Begin(StoreWeatherKind kind)
    {
        lock (_lock)
        {
            _kind = kind;
            _outages += kind == StoreWeatherKind.Down ? 1 : 0;
            _cleared = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>It clears up. Completes when what was late is done too.</summary>
    public async Task EndAsync()
    {
        TaskCompletionSource cleared;
        lock (_lock)
        {
            (_kind, cleared) = (StoreWeatherKind.Fair, _cleared);
        }

        cleared.TrySetResult();
        await Task.WhenAll(_late.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Makes a call, as far as the weather lets it.</summary>
    /// <exception cref="ChatStoreException">It does not, or the caller does not learn whether it did.</exception>
    public async Task<T> CallAsync<T>(StoreCall call, Func<Task<T>> make)
    {
        var (kind, cleared, outages) = Look();
        switch (kind)
        {
            case StoreWeatherKind.Down:
                throw new ChatStoreException("The database is down.");
            case StoreWeatherKind.Full when call != StoreCall.Read:
                throw new ChatStoreException("The disk is full.");
            case StoreWeatherKind.ReadOnly when call != StoreCall.Read:
                throw new ChatStoreException("The database is read-only.");
            case StoreWeatherKind.Slow:
                await Task.Delay(_slowness, time);
                break;
            case StoreWeatherKind.Hanging when call != StoreCall.Read:
                await cleared;
                break;
            case StoreWeatherKind.Late when call == StoreCall.Commit && DrawDelay() is { } delay:
                var late = Task.Run(() => MakeLateAsync(make, delay));
                _late[late] = 0;
                await Task.Delay(_patience, time);
                throw new ChatStoreException("The statement took too long.");
        }

        var result = await make();
        return Look().Outages == outages
            ? result
            : throw new ChatStoreException("The connection broke before the answer came.");
    }

    private async Task MakeLateAsync<T>(Func<Task<T>> make, TimeSpan delay)
    {
        await Task.Delay(_patience + delay, time);
        await make();
    }

    private (StoreWeatherKind Kind, Task Cleared, int Outages) Look()
    {
        lock (_lock)
        {
            return (_kind, _cleared.Task, _outages);
        }
    }

    /// <summary>How much later a commit is done; null for one that is in time.</summary>
    private TimeSpan? DrawDelay()
    {
        var random = new SplitMix((seed << 32) ^ Interlocked.Increment(ref _commits));
        return random.Next(2) == 0 ? null : _leastDelay + TimeSpan.FromSeconds(random.NextDouble() * MostDelayed);
    }

    private static TaskCompletionSource Cleared()
    {
        var cleared = new TaskCompletionSource();
        cleared.SetResult();
        return cleared;
    }
}
