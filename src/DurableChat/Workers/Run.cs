using DurableChat.Chats;

namespace DurableChat.Workers;

/// <summary>
/// One worker driving one chat under one lease. It can be interrupted, which ends only what it is waiting for just now, or stopped, which ends it.
/// Thread-safe.
/// </summary>
/// <param name="chat">The chat it drives.</param>
/// <param name="token">The fencing token of the lease.</param>
/// <param name="startedAt">When it started: a timestamp of the time provider.</param>
internal sealed class Run(ChatId chat, long token, long startedAt) : IDisposable
{
    private readonly object _gate = new();
    private readonly CancellationTokenSource _stop = new();

    private bool _hasProgressed;

    // Guarded by _gate.
    private CancellationTokenSource? _phase;
    private long _seenVersion;
    private bool _disposed;

    /// <summary>Which chat.</summary>
    public ChatId Chat => chat;

    /// <summary>The fencing token of the lease.</summary>
    public long Token => token;

    /// <summary>When it started: a timestamp of the time provider.</summary>
    public long StartedAt => startedAt;

    /// <summary>What the hooks say to the model in the present turn; null until they were asked. Only the driver of the run uses it.</summary>
    public IReadOnlyList<string>? Instructions { get; set; }

    /// <summary>True after a round that failed outside the model call: the next round counts an attempt first, so that what always fails ends. Only the driver of the run uses it.</summary>
    public bool HasFault { get; set; }

    /// <summary>What must outlive a failure of the loop that drives the run.</summary>
    public TurnMemory Memory { get; } = new();

    /// <summary>True after commands that were refused again and again: what is held of tools is left out from then on, since it may be what does not fit. Only the driver of the run uses it.</summary>
    public bool DropsResults { get; set; }

    /// <summary>True once the chat was deleted. Set before the run is stopped for it.</summary>
    public bool IsChatGone { get; set; }

    /// <summary>Notes that the run has committed something. Only the driver of the run uses it.</summary>
    public void Progressed()
    {
        (HasFault, DropsResults) = (false, false);
        _hasProgressed = true;
    }

    /// <summary>True if the run has committed something since this was last asked. Only the driver of the run uses it.</summary>
    public bool TakeProgress()
    {
        var has = _hasProgressed;
        _hasProgressed = false;
        return has;
    }

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

    /// <summary>Says which version of the chat the present phase works on.</summary>
    public void Saw(long version)
    {
        lock (_gate)
        {
            _seenVersion = version;
        }
    }

    /// <summary>Ends the present phase, whatever it works on.</summary>
    public void Interrupt() => Interrupt(long.MaxValue);

    /// <summary>
    /// Ends the present phase if it does not know of an interruption yet. The lease can outlive a turn, so an interruption that arrives late may belong to a turn before: the version tells them apart.
    /// </summary>
    /// <param name="version">The version of the chat that asks for it.</param>
    public void Interrupt(long version)
    {
        CancellationTokenSource? phase;
        lock (_gate)
        {
            phase = _disposed || version <= _seenVersion ? null : _phase;
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
            Memory.Dispose();
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
            // The phase ended in the meantime.
        }
    }
}
