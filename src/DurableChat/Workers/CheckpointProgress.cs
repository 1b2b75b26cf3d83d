namespace DurableChat.Workers;

/// <summary>
/// How much of a run's answer is stored. Written by the loop that writes checkpoints and by the loop that drives the
/// run. Thread-safe.
/// </summary>
internal sealed class CheckpointProgress
{
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private (long Generation, long Seq) _stored;
    private bool _mayHaveRows;
    private bool _isWriting;

    /// <summary>True if the store has rows of the run, or may have.</summary>
    public bool MayHaveRows
    {
        get
        {
            lock (_gate)
            {
                return _mayHaveRows;
            }
        }
    }

    /// <summary>When the last row was written: a timestamp. Used only by the loop that writes checkpoints.</summary>
    public long WrittenAt { get; set; }

    /// <summary>
    /// Up to which part a generation is stored. Null for a generation that is asked for the first time: most answers
    /// end before the second time, and then need no checkpoint.
    /// </summary>
    public long? SeqOf(long generation)
    {
        lock (_gate)
        {
            if (_stored.Generation == generation)
            {
                return _stored.Seq;
            }

            _stored = (generation, 0);
            return null;
        }
    }

    /// <summary>Records the checkpoint of the worker before.</summary>
    public void Restored(long generation, long seq)
    {
        lock (_gate)
        {
            (_stored, _mayHaveRows) = ((generation, seq), true);
        }
    }

    /// <summary>True if a generation is stored up to a part.</summary>
    public bool HasAll(long generation, long seq)
    {
        lock (_gate)
        {
            return _stored == (generation, seq);
        }
    }

    /// <summary>Call it before a row is written. From then on, a commit that ends the answer removes rows.</summary>
    public void BeginWrite()
    {
        lock (_gate)
        {
            (_mayHaveRows, _isWriting) = (true, true);
        }
    }

    /// <summary>Call it after a write, whatever came of it.</summary>
    /// <param name="generation">The generation that was written.</param>
    /// <param name="seq">Up to which part. Null if the write failed.</param>
    public void EndWrite(long generation, long? seq)
    {
        lock (_gate)
        {
            _isWriting = false;
            if (seq is { } stored && _stored.Generation == generation)
            {
                _stored = (generation, stored);
            }
        }
    }

    /// <summary>Records that a commit has removed the rows. A write that is under way may add another.</summary>
    public void Removed()
    {
        lock (_gate)
        {
            _mayHaveRows = _isWriting;
        }
    }
}
