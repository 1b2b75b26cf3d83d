namespace DurableChat.AspNetCore;

/// <summary>Whether the database takes writes, by those that were tried: commands of users, and the heartbeat of this replica, which comes every few seconds. Thread-safe.</summary>
/// <param name="time">The clock; by default the system's.</param>
public sealed class WriteHealth(TimeProvider? time = null)
{
    /// <summary>How long the failure of a command stands. A heartbeat updates a row in place and may succeed while commits, which need more room, fail.</summary>
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

    /// <summary>A heartbeat has succeeded.</summary>
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

    /// <summary>A heartbeat has failed.</summary>
    public void Failed(Exception exception)
    {
        lock (_gate)
        {
            _failure = exception;
        }
    }

    /// <summary>A command has failed.</summary>
    public void CommandFailed(Exception exception)
    {
        lock (_gate)
        {
            (_failure, _commandFailedAt) = (exception, _time.GetTimestamp());
        }
    }
}
