namespace DurableChat.Workers;

/// <summary>
/// One worker driving one chat under one lease. It can be interrupted, which ends only what it is waiting for just now, or stopped, which ends it.
/// Thread-safe.
/// </summary>
internal sealed class Run(long token) : IDisposable
{
    private readonly object _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private CancellationTokenSource? _phase;
    private bool _disposed;

    /// <summary>The fencing token of the lease.</summary>
    public long Token => token;

    /// <summary>What the hooks tell the model in the present turn; null until they were asked. Only the one who drives the run uses it.</summary>
    public IReadOnlyList<string>? Instructions { get; set; }

    /// <summary>Cancelled when the lease is lost or the chat is gone: nothing the run does counts any more.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>
    /// Begins something that an interruption ends. To be called before the chat's state is looked at, so that an interruption either shows in the state or
    /// cancels the token.
    /// </summary>
    public CancellationToken BeginPhase()
    {
        lock (_gate)
        {
            _phase?.Dispose();
            _phase = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            return _phase.Token;
        }
    }

    /// <summary>Ends the present phase.</summary>
    public void Interrupt()
    {
        CancellationTokenSource? phase;
        lock (_gate)
        {
            phase = _disposed ? null : _phase;
        }

        Cancel(phase);
    }

    /// <summary>Ends the run.</summary>
    public void Stop()
    {
        bool disposed;
        lock (_gate)
        {
            disposed = _disposed;
        }

        Cancel(disposed ? null : _stop);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _phase?.Dispose();
            _stop.Dispose();
        }
    }

    /// <summary>Outside the lock and off the caller's stack: what hangs on the token is not the caller's business.</summary>
    private static void Cancel(CancellationTokenSource? source)
    {
        if (source is null)
        {
            return;
        }

        try
        {
            _ = source.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The phase ended by itself in the meantime.
        }
    }
}
