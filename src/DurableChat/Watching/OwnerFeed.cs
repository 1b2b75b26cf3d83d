using DurableChat.Chats;
using DurableChat.Feeds;

namespace DurableChat.Watching;

/// <summary>
/// What has changed of late in the list of one owner: the newest word on each chat, bounded. A watcher is a cursor into it. It exists only while somebody
/// watches. Thread-safe.
/// </summary>
internal sealed class OwnerFeed
{
    /// <summary>A watcher that lags behind more changed chats than this gets the list anew.</summary>
    private const int MaxChanges = 1024;

    /// <summary>How many changes one look gives.</summary>
    private const int MaxEventsPerLook = 256;

    /// <summary>How long a shared read of the list may take. The store has limits of its own.</summary>
    private static readonly TimeSpan _readTimeout = TimeSpan.FromSeconds(30);

    private readonly object _gate = new();
    private readonly HeadSignal _signal = new();
    private readonly SingleFlight<int, int, (long Revision, StreamEvent List)> _lists = new(_readTimeout, TimeProvider.System);

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

    /// <summary>True if that was the last hold: the feed is then removed for good.</summary>
    public bool Unpin()
    {
        lock (_gate)
        {
            return _removed = --_pins == 0;
        }
    }

    /// <summary>Takes in a change; one that is older than what is known is dropped.</summary>
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

    /// <summary>Says that chats may have changed without its being told: every watcher gets the list anew.</summary>
    public void MarkUnsynced()
    {
        lock (_gate)
        {
            _changes.Clear();
        }

        _signal.Raise();
    }

    /// <summary>Reads the list, and says where in the feed a watcher stands who has it: one read under way for all watchers who want it.</summary>
    public Task<(long Revision, StreamEvent List)> ReadListAsync(Func<CancellationToken, Task<StreamEvent>> read, CancellationToken cancellationToken) => _lists.RunAsync(
        0,
        0,
        static _ => true,
        async ct =>
        {
            // The place first, then the list: what changes in between comes twice rather than never.
            var now = Now();
            return (now, await read(ct).ConfigureAwait(false));
        },
        cancellationToken);

    /// <summary>Adds the changes after a place and moves it; false if too much has happened since, so that the list must be read anew.</summary>
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

    public Task WaitAsync(long signal, CancellationToken cancellationToken) => _signal.WaitAsync(signal, cancellationToken);

    private long Now()
    {
        lock (_gate)
        {
            return _changes.Last;
        }
    }
}
