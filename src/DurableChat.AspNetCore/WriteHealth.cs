namespace DurableChat.AspNetCore;

/// <summary>
/// Whether the database accepts writes, judged by users' commands and by this replica's heartbeat, which runs every few
/// seconds. Thread-safe.
/// </summary>
/// <param name="time">The clock; null for the system's.</param>
public sealed class WriteHealth(TimeProvider? time = null)
{
    /// <summary>
    /// How long the failure of a command counts. A heartbeat updates a row in place, so it may succeed while commits,
    /// which need more space, fail.
    /// </summary>
    private static readonly TimeSpan _commandHold = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private Exception? _failure;
    private long? _commandFailedAt;

    /// <summary>Why writes fail; null if they succeed.</summary>
    public Exception? Failure
    {
        get
        {
            lock (_gate)
            {
                return _failure;
            }
        }
    }

    /// <summary>Records that a heartbeat succeeded.</summary>
    public void Succeeded()
    {
        lock (_gate)
        {
            if (_commandFailedAt is not { } at || _time.GetElapsedTime(at) >= _commandHold)
            {
                (_failure, _commandFailedAt) = (null, null);
            }
        }
    }

    /// <summary>Records that a heartbeat failed.</summary>
    public void Failed(Exception exception)
    {
        lock (_gate)
        {
            _failure = exception;
        }
    }

    /// <summary>Records that a command failed.</summary>
    public void CommandFailed(Exception exception)
    {
        lock (_gate)
        {
            (_failure, _commandFailedAt) = (exception, _time.GetTimestamp());
        }
    }
}
