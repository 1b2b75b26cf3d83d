using DurableChat.Feeds;

namespace DurableChat.Notifications;

/// <summary>Whether the notification channel is up, and what to notify when that changes. Thread-safe.</summary>
public sealed class ChannelState
{
    private readonly HeadSignal _signal = new();
    private readonly Lock _lock = new();

    // Guarded by _lock. Connections are numbered, so that a comparison that started during one connection does not
    // count for the next.
    private bool _isUp;
    private long _connections;
    private long _comparedConnection;
    private string? _deafAdvice;

    internal ChannelState(bool hasChannel) => HasChannel = hasChannel;

    /// <summary>True if there is a channel, i.e. there can be other replicas.</summary>
    public bool HasChannel { get; }

    /// <summary>
    /// What an operator should do if the channel connects but delivers nothing. Null if it delivers or is not
    /// connected.
    /// </summary>
    public string? DeafAdvice
    {
        get
        {
            lock (_lock)
            {
                return _deafAdvice;
            }
        }
    }

    /// <summary>True if hints arrive: this replica has received its own probe.</summary>
    public bool IsUp
    {
        get
        {
            lock (_lock)
            {
                return _isUp;
            }
        }
    }

    /// <summary>
    /// True if the state in memory may be outdated without notice: new readers must read the database.
    /// </summary>
    internal bool IsDeaf
    {
        get
        {
            lock (_lock)
            {
                return HasChannel && !(_isUp && _comparedConnection == _connections);
            }
        }
    }

    /// <summary>The number of the current connection. Read it before versions are compared.</summary>
    internal long Connection
    {
        get
        {
            lock (_lock)
            {
                return _isUp ? _connections : 0;
            }
        }
    }

    internal long Revision => _signal.Revision;

    internal void Connected()
    {
        lock (_lock)
        {
            _isUp = true;
            _deafAdvice = null;
            _connections++;
        }

        _signal.Raise();
    }

    internal void Lost() => LostAsDeaf(null);

    /// <summary>The connection does not deliver.</summary>
    internal void LostAsDeaf(string? advice)
    {
        lock (_lock)
        {
            _isUp = false;
            _deafAdvice = advice;
        }

        _signal.Raise();
    }

    /// <summary>Versions have been compared while this connection was up.</summary>
    internal void Compared(long connection)
    {
        lock (_lock)
        {
            _comparedConnection = connection;
        }
    }

    internal Task WaitAsync(long revision, CancellationToken cancellationToken) =>
        _signal.WaitAsync(revision, cancellationToken);
}
