namespace DurableChat.Recorder.Ledgers;

/// <summary>
/// Decides whether a request is the first of its kind, a repetition, or too late. It performs no I/O and reads no
/// clock: times are relative to an arbitrary start. Not thread-safe.
/// <para>
/// An exchange is identified by conversation, step and hash of the request. A replica that takes over requests the same
/// step with the same request, a later generation and a later token, and gets the same exchange. A request for a later
/// step proves that the earlier answers are stored, so their exchanges are dropped.
/// </para>
/// </summary>
/// <typeparam name="T">What belongs to an entry outside the ledger.</typeparam>
internal sealed class Ledger<T>(LedgerLimits limits)
    where T : class
{
    private readonly Dictionary<string, Book> _books = [];

    /// <summary>The number of exchanges.</summary>
    public int Count { get; private set; }

    /// <summary>The number of exchanges that still run.</summary>
    public int Running => All.Count(entry => entry.EndedAt is null);

    /// <summary>The number of exchanges without readers.</summary>
    public int Unread => All.Count(entry => entry.Readers == 0);

    /// <summary>All exchanges.</summary>
    public IEnumerable<Entry<T>> All => _books.Values.SelectMany(book => book.Entries);

    /// <summary>
    /// Decides on a request. A caller that is not refused becomes a reader; see <see cref="Entry{T}.Leave"/>.
    /// </summary>
    /// <param name="claim">The identity of the request.</param>
    /// <param name="hash">The hash of the request.</param>
    /// <param name="now">The time.</param>
    public Asked<T> Ask(Claim claim, string hash, TimeSpan now)
    {
        var dropped = new List<Entry<T>>();
        if (_books.TryGetValue(claim.Chat, out var book) && IsStale(book, claim))
        {
            return new(Verdict.Stale, null, dropped, []);
        }

        book ??= _books[claim.Chat] = new Book { At = claim.At, Fence = claim.Fence };
        book.TouchedAt = now;
        var fenced = Advance(book, claim, dropped);
        var entry = book.Entries.Find(entry => entry.Hash == hash);
        if (entry is { HasFailed: true } && entry.Generation < claim.Generation)
        {
            Drop(book, entry, dropped);
            entry = null;
        }

        if (entry is not null)
        {
            entry.Generation = Math.Max(entry.Generation, claim.Generation);
            entry.Readers++;
            entry.UnreadSince = null;
            return new(Verdict.Attach, entry, dropped, fenced);
        }

        if (Count >= limits.MaxExchanges && !TryMakeRoom(dropped))
        {
            return new(Verdict.Full, null, dropped, fenced);
        }

        entry = new Entry<T>
        {
            Chat = claim.Chat,
            Hash = hash,
            Generation = claim.Generation,
            Fence = book.Fence,
            Readers = 1,
            BegunAt = now,
        };
        book.Entries.Add(entry);
        Count++;
        return new(Verdict.Begin, entry, dropped, fenced);
    }

    /// <summary>
    /// Removes the exchanges of a call and earlier calls; null if the caller's lease is not the newest.
    /// </summary>
    /// <param name="claim">The caller and the call.</param>
    /// <param name="now">The time.</param>
    public IReadOnlyList<Entry<T>>? Forget(Claim claim, TimeSpan now)
    {
        if (!_books.TryGetValue(claim.Chat, out var book))
        {
            return [];
        }

        if (claim.Fence.CompareTo(book.Fence) < 0)
        {
            return null;
        }

        var dropped = new List<Entry<T>>();
        book.TouchedAt = now;
        if (claim.At.Epoch == book.At.Epoch)
        {
            DropUpTo(book, claim.Generation, dropped);
        }

        return dropped;
    }

    /// <summary>Removes the exchanges that are too old.</summary>
    public IReadOnlyList<Entry<T>> Expire(TimeSpan now)
    {
        var dropped = new List<Entry<T>>();
        var resting = new List<(string Chat, TimeSpan TouchedAt)>();
        foreach (var (chat, book) in _books)
        {
            foreach (var entry in book.Entries.Where(entry => HasExpired(entry, now)).ToArray())
            {
                Drop(book, entry, dropped);
            }

            if (book.Entries.Count == 0)
            {
                resting.Add((chat, book.TouchedAt));
            }
        }

        var tooMany = resting.Count - limits.MaxRestingChats;
        var oldest = tooMany > 0 ? resting.OrderBy(book => book.TouchedAt).Take(tooMany) : [];
        var over = resting.Where(book => now - book.TouchedAt >= limits.KeepTime).Concat(oldest);
        foreach (var (chat, _) in over)
        {
            _books.Remove(chat);
        }

        return dropped;
    }

    private static bool IsStale(Book book, Claim claim) =>
        claim.Fence.CompareTo(book.Fence) < 0
        || claim.At.CompareTo(book.At) < 0
        || (claim.At.Epoch == book.At.Epoch && claim.Generation <= book.Forgotten);

    /// <summary>Applies what a claim proves about the conversation.</summary>
    /// <returns>Exchanges whose readers may hold an earlier lease.</returns>
    private List<Entry<T>> Advance(Book book, Claim claim, List<Entry<T>> dropped)
    {
        if (claim.At.CompareTo(book.At) > 0)
        {
            foreach (var entry in book.Entries.ToArray())
            {
                Drop(book, entry, dropped);
            }

            // Call numbers are relative to the epoch: a failover may issue them a second time.
            book.Forgotten = claim.At.Epoch == book.At.Epoch ? book.Forgotten : 0;
            book.At = claim.At;
        }

        DropUpTo(book, claim.After, dropped);
        if (claim.Fence.CompareTo(book.Fence) <= 0)
        {
            return [];
        }

        book.Fence = claim.Fence;
        foreach (var entry in book.Entries)
        {
            entry.Fence = claim.Fence;
        }

        return [.. book.Entries];
    }

    private void DropUpTo(Book book, long generation, List<Entry<T>> dropped)
    {
        book.Forgotten = Math.Max(book.Forgotten, generation);
        foreach (var entry in book.Entries.Where(entry => entry.Generation <= book.Forgotten).ToArray())
        {
            Drop(book, entry, dropped);
        }
    }

    /// <summary>Drops the exchange without readers that ended first.</summary>
    private bool TryMakeRoom(List<Entry<T>> dropped)
    {
        var idle = All.Where(entry => entry is { EndedAt: not null, Readers: 0 });
        if (idle.MinBy(entry => entry.EndedAt) is not { } oldest)
        {
            return false;
        }

        Drop(_books[oldest.Chat], oldest, dropped);
        return true;
    }

    private void Drop(Book book, Entry<T> entry, List<Entry<T>> dropped)
    {
        book.Entries.Remove(entry);
        entry.IsDropped = true;
        Count--;
        dropped.Add(entry);
    }

    private bool HasExpired(Entry<T> entry, TimeSpan now) =>
        entry.EndedAt is { } ended ? now - ended >= limits.KeepTime
        : now - entry.BegunAt >= limits.MaxTime
            || (entry.UnreadSince is { } unread && now - unread >= limits.OrphanTime);

    /// <summary>The state of a conversation.</summary>
    private sealed class Book
    {
        public List<Entry<T>> Entries { get; } = [];

        /// <summary>The newest step that was requested.</summary>
        public required Position At { get; set; }

        /// <summary>The newest lease that made a request.</summary>
        public required Fence Fence { get; set; }

        /// <summary>Calls up to this one are finished.</summary>
        public long Forgotten { get; set; }

        public TimeSpan TouchedAt { get; set; }
    }
}
