using DurableChat.Feeds;

namespace DurableChat.Notifications;

/// <summary>Whether the notification channel is up, and who must be told when that changes. Thread-safe.</summary>
public sealed class ChannelState
{
    private readonly HeadSignal _signal = new();
    private readonly Lock _lock = new();

    // Guarded by _lock. A connection is counted so that a comparison begun under one says nothing about the next.
    private bool _isUp;
    private long _connections;
    private long _comparedConnection;
    private string? _deafAdvice;

    internal ChannelState(bool hasChannel) => HasChannel = hasChannel;

    /// <summary>True if there are other replicas to hear of.</summary>
    public bool HasChannel { get; }

    /// <summary>What to do if the channel can be connected to and delivers nothing; null if it delivers, or is not connected.</summary>
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

    /// <summary>True if hints arrive: this replica has heard what it sent to itself.</summary>
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

    /// <summary>True if what is in memory may be old without anybody having said so: new readers must ask the database.</summary>
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

    /// <summary>Which connection is up now; to be asked before versions are compared.</summary>
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

    internal Task WaitAsync(long revision, CancellationToken cancellationToken) => _signal.WaitAsync(revision, cancellationToken);
}
