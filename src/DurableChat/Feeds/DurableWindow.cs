namespace DurableChat.Feeds;

/// <summary>
/// The newest messages of one chat, as events: a contiguous run of one epoch, bounded in number and bytes.
/// <para>
/// Invariant: the run holds <em>every</em> message of the history with an id above <see cref="Floor"/> and up to
/// <see cref="Tail"/>. Messages are neighbours only if one's <see cref="MessageEvent.PreviousId"/> is the other's id,
/// so a hole cannot be closed by mistake. A message that is published ahead of its turn waits separately and is not
/// visible.
/// </para>
/// Not thread-safe: guarded by the feed's lock.
/// </summary>
internal sealed class DurableWindow(int maxMessages, int maxBytes)
{
    /// <summary>
    /// How many messages may wait for an earlier one. More than that means a gap that only a read can close.
    /// </summary>
    private const int MaxWaiting = 64;

    // A plain list would shift its entries on each eviction, and a linked list would cost an object per message.
    private readonly RingBuffer<MessageEvent> _run = new();
    private readonly SortedList<long, MessageEvent> _waiting = [];

    /// <summary>The epoch of all messages in the window.</summary>
    public long Epoch { get; private set; }

    /// <summary>Every message with a higher id, up to <see cref="Tail"/>, is in the run.</summary>
    public long Floor { get; private set; }

    /// <summary>The id of the newest message of the run, or <see cref="Floor"/> if the run is empty.</summary>
    public long Tail { get; private set; }

    /// <summary>The number of messages in the run.</summary>
    public int Count => _run.Count;

    /// <summary>The size of the run and of waiting messages in memory.</summary>
    public int Bytes { get; private set; }

    /// <summary>Removes everything. From now on the window holds what follows <paramref name="floor"/>.</summary>
    public void Reset(long epoch, long floor)
    {
        _run.Clear();
        _waiting.Clear();
        Bytes = 0;
        Epoch = epoch;
        Floor = floor;
        Tail = floor;
    }

    /// <summary>
    /// Starts the epoch of a rewritten history that keeps all messages up to <paramref name="kept"/>, and none after
    /// it. The run keeps those it has: a rewrite cuts off the end of the history, so they are the same messages with
    /// the same neighbours. If the run does not reach <paramref name="kept"/>, or does not have it, the run is dropped.
    /// </summary>
    public void Rewrite(long epoch, long kept)
    {
        var count = IndexAfter(kept);
        if (kept < Floor || (count == 0 ? kept != Floor : _run[count - 1].MessageId != kept))
        {
            Reset(epoch, kept);
            return;
        }

        var messages = new MessageEvent[count];
        for (var i = 0; i < count; i++)
        {
            messages[i] = _run[i].InEpoch(epoch);
        }

        Reset(epoch, Floor);
        foreach (var message in messages)
        {
            Append(message);
        }
    }

    /// <summary>Frees the memory but keeps the place: later messages are held again.</summary>
    public void Evict() => Reset(Epoch, Tail);

    /// <summary>Adds a message of the window's epoch. Messages may be published in any order, and repeatedly.</summary>
    public void Publish(MessageEvent message)
    {
        if (message.MessageId <= Tail)
        {
            return;
        }

        if (message.PreviousId == Tail)
        {
            Append(message);
            TakeInWaiting();
        }
        else if (_waiting.Count < MaxWaiting
            && message.Bytes <= maxBytes - Bytes
            && _waiting.TryAdd(message.MessageId, message))
        {
            Bytes += message.Bytes;
        }
    }

    /// <summary>
    /// Adds a page that was read: every message of the history from the first of <paramref name="page"/> to its last.
    /// It extends the run at either end. A page above the run replaces the run, and a page below it has no effect.
    /// </summary>
    public void Fill(IReadOnlyList<MessageEvent> page)
    {
        if (page.Count == 0)
        {
            return;
        }

        if (page[0].PreviousId > Tail)
        {
            Reset(Epoch, page[0].PreviousId);
        }

        if (page[^1].MessageId >= Floor)
        {
            Prepend(page);
        }

        foreach (var message in page)
        {
            if (message.MessageId > Tail && message.PreviousId == Tail)
            {
                Append(message);
            }
        }

        TakeInWaiting();
    }

    /// <summary>
    /// True if the run holds every message after <paramref name="cursor"/> up to <paramref name="headId"/>. The window
    /// may answer only then.
    /// </summary>
    public bool Covers(long cursor, long headId) => cursor >= Floor && Tail == headId;

    /// <summary>
    /// The index in the run of the first message after a cursor. <see cref="Count"/> if there is none.
    /// </summary>
    public int IndexAfter(long cursor)
    {
        int low = 0, high = _run.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_run[middle].MessageId <= cursor)
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

    /// <summary>A message of the run by its index. The oldest is at 0.</summary>
    public MessageEvent this[int index] => _run[index];

    private void Append(MessageEvent message)
    {
        _run.AddLast(message);
        Bytes += message.Bytes;
        Tail = message.MessageId;

        // Waiting messages never exceed the window's bytes, so it is the run that has too many.
        while (_run.Count > maxMessages || Bytes > maxBytes)
        {
            var oldest = _run.RemoveFirst();
            Bytes -= oldest.Bytes;
            Floor = oldest.MessageId;
        }
    }

    private void Prepend(IReadOnlyList<MessageEvent> page)
    {
        for (var i = page.Count - 1; i >= 0; i--)
        {
            var message = page[i];
            if (message.MessageId > Floor)
            {
                continue;
            }

            if (message.MessageId != Floor || _run.Count >= maxMessages || Bytes + message.Bytes > maxBytes)
            {
                return;
            }

            _run.AddFirst(message);
            Bytes += message.Bytes;
            Floor = message.PreviousId;
        }
    }

    private void TakeInWaiting()
    {
        while (_waiting.Count > 0)
        {
            var next = _waiting.Values[0];
            if (next.MessageId > Tail && next.PreviousId != Tail)
            {
                return;
            }

            _waiting.RemoveAt(0);
            Bytes -= next.Bytes;
            if (next.MessageId > Tail)
            {
                Append(next);
            }
        }
    }
}
