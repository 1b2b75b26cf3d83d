using DurableChat.Chats;
using DurableChat.Feeds;

namespace DurableChat.Watching;

/// <summary>
/// The newest change of each recently changed chat, in the order of the changes, each with a number. A reader passes
/// the number it has seen and gets what came after it. Finding that place takes a few steps, and no other entries are
/// examined. Not thread-safe.
/// </summary>
internal sealed class ChangeLog(int maxChats)
{
    private readonly Dictionary<ChatId, Change> _latest = [];

    // In the order of the numbers. When a chat changes again, its earlier entry becomes empty. Empty entries are
    // removed when they reach the beginning, or when there are too many.
    private RingBuffer<Change> _changes = new();

    /// <summary>The number of the newest change.</summary>
    public long Last { get; private set; }

    /// <summary>
    /// Changes up to this number may be missing: a reader that has seen less must start from the list.
    /// </summary>
    public long Floor { get; private set; }

    /// <summary>The number of entries, including empty ones.</summary>
    public int Count => _changes.Count;

    /// <summary>Adds a change. False if it is older than the known one.</summary>
    public bool Add(ChatId chat, long version, StreamEvent change)
    {
        if (_latest.TryGetValue(chat, out var known))
        {
            if (known.Version >= version)
            {
                return false;
            }

            known.Event = null;
        }

        var added = new Change(++Last, chat, version) { Event = change };
        _changes.AddLast(added);
        _latest[chat] = added;
        if (_latest.Count > maxChats)
        {
            DropOldest();
        }

        DropEmpty();
        return true;
    }

    /// <summary>Removes everything: each reader must start from the list.</summary>
    public void Clear()
    {
        _changes.Clear();
        _latest.Clear();
        Floor = ++Last;
    }

    /// <summary>
    /// Adds the changes after <paramref name="seen"/> until <paramref name="events"/> holds <paramref name="max"/>, and
    /// advances <paramref name="seen"/>. Returns how many entries were examined.
    /// </summary>
    public int ReadAfter(ref long seen, List<StreamEvent> events, int max)
    {
        var first = IndexAfter(seen);
        var index = first;
        for (; index < _changes.Count && events.Count < max; index++)
        {
            if (_changes[index].Event is { } change)
            {
                events.Add(change);
            }

            seen = _changes[index].Number;
        }

        seen = index == _changes.Count ? Last : seen;
        return index - first;
    }

    private int IndexAfter(long seen)
    {
        int low = 0, high = _changes.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_changes[middle].Number <= seen)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void DropOldest()
    {
        DropEmptyAtTheBeginning();
        var oldest = _changes.RemoveFirst();
        _latest.Remove(oldest.Chat);
        Floor = oldest.Number;
    }

    private void DropEmptyAtTheBeginning()
    {
        while (_changes[0].Event is null)
        {
            _changes.RemoveFirst();
        }
    }

    private void DropEmpty()
    {
        DropEmptyAtTheBeginning();
        if (_changes.Count <= 2 * maxChats)
        {
            return;
        }

        // At least half of the entries are empty here, so the average cost of a change stays constant.
        var kept = new RingBuffer<Change>();
        for (var index = 0; index < _changes.Count; index++)
        {
            if (_changes[index].Event is not null)
            {
                kept.AddLast(_changes[index]);
            }
        }

        _changes = kept;
    }

    private sealed class Change(long number, ChatId chat, long version)
    {
        public long Number => number;

        public ChatId Chat => chat;

        public long Version => version;

        public StreamEvent? Event { get; set; }
    }
}
