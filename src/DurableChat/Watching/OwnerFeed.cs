using DurableChat.Chats;
using DurableChat.Feeds;

namespace DurableChat.Watching;

/// <summary>
/// The recent changes in one owner's list: the newest change of each chat, bounded. A watcher is a cursor into it. It
/// exists only while the list is watched. Thread-safe.
/// </summary>
internal sealed class OwnerFeed
{
    /// <summary>A watcher that is more changed chats behind than this gets the whole list again.</summary>
    private const int MaxChanges = 1024;

    /// <summary>How many changes one look returns.</summary>
    private const int MaxEventsPerLook = 256;

    /// <summary>The timeout of a shared read of the list. The store has its own timeouts.</summary>
    private static readonly TimeSpan _readTimeout = TimeSpan.FromSeconds(30);

    private readonly object _gate = new();
    private readonly HeadSignal _signal = new();
    private readonly SingleFlight<int, int, (long Revision, StreamEvent List)> _lists = new(
        _readTimeout, TimeProvider.System);

    // Guarded by _gate.
    private readonly ChangeLog _changes = new(MaxChanges);
    private int _pins;
    private bool _removed;

    public bool TryPin()
    {
        lock (_gate)
        {
            _pins += _removed ? 0 : 1;
            return !_removed;
        }
    }

    /// <summary>Returns true if that was the last pin: the feed is then removed permanently.</summary>
    public bool Unpin()
    {
        lock (_gate)
        {
            return _removed = --_pins == 0;
        }
    }

    /// <summary>Adds a change. A change that is older than the known one is dropped.</summary>
    public void Publish(ChatId chat, long version, StreamEvent change)
    {
        lock (_gate)
        {
            if (!_changes.Add(chat, version, change))
            {
                return;
            }
        }

        _signal.Raise();
    }

    /// <summary>Records that changes may have been missed: every watcher gets the whole list again.</summary>
    public void MarkUnsynced()
    {
        lock (_gate)
        {
            _changes.Clear();
        }

        _signal.Raise();
    }

    /// <summary>
    /// Reads the list, and returns the feed's place for a watcher that has it. Concurrent watchers share one read.
    /// </summary>
    public Task<(long Revision, StreamEvent List)> ReadListAsync(
        Func<CancellationToken, Task<StreamEvent>> read,
        CancellationToken cancellationToken) => _lists.RunAsync(
        0,
        0,
        static _ => true,
        async ct =>
        {
            // Note the place before reading the list: a change in between is then delivered twice rather than lost.
            var now = Now();
            return (now, await read(ct).ConfigureAwait(false));
        },
        cancellationToken);

    /// <summary>
    /// Adds the changes after a place and advances it. False if too many changes have happened, so that the list must
    /// be read again.
    /// </summary>
    public bool TryLook(ref long seen, List<StreamEvent> events, out long signal)
    {
        lock (_gate)
        {
            signal = _signal.Revision;
            if (seen < _changes.Floor)
            {
                return false;
            }

            _changes.ReadAfter(ref seen, events, MaxEventsPerLook);
            return true;
        }
    }

    public Task WaitAsync(long signal, CancellationToken cancellationToken) =>
        _signal.WaitAsync(signal, cancellationToken);

    private long Now()
    {
        lock (_gate)
        {
            return _changes.Last;
        }
    }
}
