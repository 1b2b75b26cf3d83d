using DurableChat.Storage;

namespace DurableChat.Server.Chaos;

/// <summary>What the database that all replicas share is going through. Thread-safe.</summary>
internal sealed class StoreWeather
{
    private volatile bool _isDown;
    private volatile bool _isFull;
    private volatile int _slowMs;
    private int _outages;

    /// <summary>True while it cannot be reached. What is under way when that begins is done or not, and its caller does not learn which.</summary>
    public bool IsDown
    {
        get => _isDown;
        set
        {
            if (value)
            {
                Interlocked.Increment(ref _outages);
            }

            _isDown = value;
        }
    }

    /// <summary>True while nothing can be written.</summary>
    public bool IsFull
    {
        get => _isFull;
        set => _isFull = value;
    }

    /// <summary>How much longer each call takes, in milliseconds.</summary>
    public int SlowMs
    {
        get => _slowMs;
        set => _slowMs = value;
    }

    /// <summary>Makes a call, as far as the weather lets it.</summary>
    public async Task<T> CallAsync<T>(bool isWrite, Func<Task<T>> call, TimeProvider time)
    {
        if (_slowMs is > 0 and var slow)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(slow), time);
        }

        var before = Volatile.Read(ref _outages);
        if (_isDown)
        {
            throw new ChatStoreException("The database is down.");
        }

        if (isWrite && _isFull)
        {
            throw new ChatStoreException("The disk is full.");
        }

        var result = await call();
        return Volatile.Read(ref _outages) == before ? result : throw new ChatStoreException("The connection broke before the answer came.");
    }
}
