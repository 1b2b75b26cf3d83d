using DurableChat.Chats;

namespace DurableChat.Workers;

/// <summary>
/// One worker driving one chat under one lease. An interruption ends only what the run is currently waiting for. A stop
/// ends the run. Thread-safe.
/// </summary>
/// <param name="chat">The id of the chat.</param>
/// <param name="token">The fencing token of the lease.</param>
/// <param name="startedAt">When the run started: a timestamp of the time provider.</param>
internal sealed class Run(ChatId chat, long token, long startedAt) : IDisposable
{
    private readonly object _gate = new();
    private readonly CancellationTokenSource _stop = new();

    private bool _hasProgressed;

    // Guarded by _gate.
    private CancellationTokenSource? _phase;
    private long _seenVersion;
    private bool _mayLeave;
    private bool _disposed;

    /// <summary>The id of the chat.</summary>
    public ChatId Chat => chat;

    /// <summary>The fencing token of the lease.</summary>
    public long Token => token;

    /// <summary>When the run started: a timestamp of the time provider.</summary>
    public long StartedAt => startedAt;

    /// <summary>
    /// The hooks' instructions for the current turn. Null until the hooks have run. Used only by the loop that drives
    /// the run.
    /// </summary>
    public IReadOnlyList<string>? Instructions { get; set; }

    /// <summary>
    /// True after a round that failed outside the model call. The next round then counts an attempt first, so that a
    /// permanent failure ends the turn. Used only by the loop that drives the run.
    /// </summary>
    public bool HasFault { get; set; }

    /// <summary>Data that must survive a failure of the loop that drives the run.</summary>
    public TurnMemory Memory { get; } = new();

    /// <summary>How much of the answer is stored in a checkpoint.</summary>
    public CheckpointProgress Checkpoint { get; } = new();

    /// <summary>
    /// True after several refused commands in a row. Held tool results are then omitted, because they may be the
    /// reason. Used only by the loop that drives the run.
    /// </summary>
    public bool DropsResults { get; set; }

    /// <summary>True once the chat is deleted. Set before the run is stopped for that reason.</summary>
    public bool IsChatGone { get; set; }

    /// <summary>Records that the run has committed something. Used only by the loop that drives the run.</summary>
    public void Progressed()
    {
        (HasFault, DropsResults) = (false, false);
        _hasProgressed = true;
    }

    /// <summary>
    /// True if the run has committed something since the last call. Used only by the loop that drives the run.
    /// </summary>
    public bool TakeProgress()
    {
        var has = _hasProgressed;
        _hasProgressed = false;
        return has;
    }

    /// <summary>
    /// Cancelled when the lease is lost or the chat is gone: nothing that the run does counts any more.
    /// </summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>
    /// Starts a phase that an interruption ends. Call it before looking at the chat's state, so that an interruption
    /// either shows in the state or cancels the token.
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

    /// <summary>Records the version of the chat that the current phase works on.</summary>
    public void Saw(long version)
    {
        lock (_gate)
        {
            _seenVersion = version;
        }
    }

    /// <summary>
    /// Records whether another worker could continue the current phase without loss. Call it before checking whether
    /// the replica is stopping, so that one of the two notices the other.
    /// </summary>
    public void MayLeave(bool may)
    {
        lock (_gate)
        {
            _mayLeave = may;
        }
    }

    /// <summary>Ends the current phase if another worker can continue it without loss.</summary>
    public void Leave()
    {
        bool may;
        lock (_gate)
        {
            may = _mayLeave;
        }

        if (may)
        {
            Interrupt();
        }
    }

    /// <summary>Ends the current phase, whatever version it works on.</summary>
    public void Interrupt() => Interrupt(long.MaxValue);

    /// <summary>
    /// Ends the current phase if it does not know of the interruption yet. A lease can span several turns, so a late
    /// interruption may belong to an earlier turn. The version shows which.
    /// </summary>
    /// <param name="version">The version of the chat that requests the interruption.</param>
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

    /// <summary>
    /// Cancels outside the lock and on another stack, so that callbacks of the token do not run on the caller's thread.
    /// </summary>
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
            // The phase has ended in the meantime.
        }
    }
}
