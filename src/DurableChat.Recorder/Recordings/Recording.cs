namespace DurableChat.Recorder.Recordings;

/// <summary>
/// The bytes of an answer as they arrived: the beginning in memory, the rest in a file. There is one writer and any
/// number of readers, each at its own position. A slow reader does not block the writer. Thread-safe.
/// </summary>
/// <param name="limits">The limits of memory and size.</param>
/// <param name="memory">The memory budget of all recordings.</param>
/// <param name="spool">The folder for the rest.</param>
internal sealed class Recording(RecordingLimits limits, ByteBudget memory, Spool spool) : IDisposable
{
    private readonly Lock _gate = new();

    // Guarded by _gate. Segments are only written beyond Length, so the bytes before it can be read without the lock.
    private readonly List<byte[]> _segments = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FileStream? _file;
    private long _inMemory;
    private long _length;
    private bool _isEnded;
    private bool _isBroken;
    private bool _isDisposed;

    /// <summary>The number of bytes.</summary>
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

    /// <summary>True if a part is in a file.</summary>
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

    /// <summary>Appends bytes and wakes the readers. Only the one writer calls it.</summary>
    /// <exception cref="IOException">There is no space for the bytes in memory or on the disk.</exception>
    /// <exception cref="ObjectDisposedException">The recording was disposed of.</exception>
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

    /// <summary>Marks the end of the bytes.</summary>
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

    /// <summary>Looks at the bytes from a position on.</summary>
    /// <param name="from">The position.</param>
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

    /// <summary>
    /// Stores as much in memory as the present segment holds; false once the rest belongs in the file.
    /// </summary>
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
