namespace DurableChat.Recorder.Recordings;

/// <summary>
/// The bytes of an answer as they arrived: the beginning in memory, what does not fit there in a file. One writer, any
/// number of readers, each at its own place; a slow reader keeps nobody from writing. Thread-safe.
/// </summary>
/// <param name="limits">How much may be where.</param>
/// <param name="memory">What all recordings together may have in memory.</param>
/// <param name="spool">Where the rest goes.</param>
internal sealed class Recording(RecordingLimits limits, ByteBudget memory, Spool spool) : IDisposable
{
    private readonly Lock _gate = new();

    // Guarded by _gate. Segments are written to beyond Length only, so what is before it can be read without the lock.
    private readonly List<byte[]> _segments = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FileStream? _file;
    private long _inMemory;
    private long _length;
    private bool _isEnded;
    private bool _isBroken;
    private bool _isDisposed;

    /// <summary>How many bytes there are.</summary>
    public long Length
    {
        get
        {
            lock (_gate)
            {
                return _length;
            }
        }
    }

    /// <summary>True if a part of it is in a file.</summary>
    public bool IsSpooled
    {
        get
        {
            lock (_gate)
            {
                return _file is not null;
            }
        }
    }

    /// <summary>Adds bytes, and wakes the readers. Only the one writer calls it.</summary>
    /// <exception cref="IOException">There is no room for them, in memory or on the disk.</exception>
    /// <exception cref="ObjectDisposedException">It is over.</exception>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (Length + bytes.Length > limits.MaxBytes)
        {
            throw new IOException($"The answer has more than {limits.MaxBytes} bytes.");
        }

        while (!bytes.IsEmpty && TryStore(bytes.Span, out var stored))
        {
            bytes = bytes[stored..];
        }

        if (!bytes.IsEmpty)
        {
            await SpoolAsync(bytes, cancellationToken).ConfigureAwait(false);
        }

        Pulse();
    }

    /// <summary>There will be no more bytes.</summary>
    /// <param name="isBroken">True if the answer broke off.</param>
    public void End(bool isBroken)
    {
        lock (_gate)
        {
            (_isEnded, _isBroken) = (true, isBroken);
        }

        Pulse();
    }

    /// <summary>Wakes the readers.</summary>
    public void Pulse()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.TrySetResult();
    }

    /// <summary>Looks at what there is from a place on.</summary>
    /// <param name="from">The place.</param>
    public Look LookAt(long from)
    {
        lock (_gate)
        {
            var memoryHere = from < _inMemory ? SliceLocked(from) : default;
            return new Look(
                memoryHere,
                from < _inMemory ? null : from < _length ? _file : null,
                from - _inMemory,
                _length - from,
                _isDisposed || (_isEnded && _isBroken && from >= _length),
                _isEnded && from >= _length,
                _changed.Task);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        FileStream? file;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            file = _file;
            memory.Give((long)_segments.Count * RecordingLimits.SegmentBytes);
            spool.Budget.Give(_file is null ? 0 : _length - _inMemory);
            _segments.Clear();
            _inMemory = 0;
            _length = 0;
        }

        file?.Dispose();
        Pulse();
    }

    private ReadOnlyMemory<byte> SliceLocked(long from)
    {
        var (segment, offset) = (
            (int)(from / RecordingLimits.SegmentBytes), (int)(from % RecordingLimits.SegmentBytes));
        var end = (int)Math.Min(
            RecordingLimits.SegmentBytes, _inMemory - ((long)segment * RecordingLimits.SegmentBytes));
        return _segments[segment].AsMemory(offset, end - offset);
    }

    /// <summary>Puts as much into memory as the present segment holds; false once the rest belongs into the
    /// file.</summary>
    private bool TryStore(ReadOnlySpan<byte> bytes, out int stored)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            stored = 0;
            if (_file is not null)
            {
                return false;
            }

            var offset = (int)(_inMemory % RecordingLimits.SegmentBytes);
            if (offset == 0 && !TryAddSegmentLocked())
            {
                return false;
            }

            stored = Math.Min(bytes.Length, RecordingLimits.SegmentBytes - offset);
            bytes[..stored].CopyTo(_segments[^1].AsSpan(offset));
            _inMemory += stored;
            _length += stored;
            return true;
        }
    }

    private bool TryAddSegmentLocked()
    {
        if (_inMemory + RecordingLimits.SegmentBytes > limits.MemoryBytes
            || !memory.TryTake(RecordingLimits.SegmentBytes))
        {
            return false;
        }

        _segments.Add(new byte[RecordingLimits.SegmentBytes]);
        return true;
    }

    private async ValueTask SpoolAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (!spool.Budget.TryTake(bytes.Length))
        {
            throw new IOException("The spool is full.");
        }

        FileStream file;
        long at;
        var isStored = false;
        try
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                file = _file ??= spool.Create();
                at = _length - _inMemory;
            }

            await RandomAccess.WriteAsync(file.SafeFileHandle, bytes, at, cancellationToken).ConfigureAwait(false);
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                _length += bytes.Length;
                isStored = true;
            }
        }
        finally
        {
            if (!isStored)
            {
                spool.Budget.Give(bytes.Length);
            }
        }
    }
}
