namespace DurableChat.ScaleTest.Mock;

/// <summary>Keeps a record of each answer and each run of a tool, for the checker. Thread-safe.</summary>
internal sealed class WorkJournal(TimeProvider time)
{
    private const int MaxEntries = 200_000;
    private const int MaxQuestionChars = 100;
    private readonly Lock _lock = new();
    private readonly Queue<Entry> _entries = new();

    /// <summary>Begins an entry. It stays open until it is ended.</summary>
    public Entry Begin(WorkKind kind, string key, string question, int replica)
    {
        var entry = new Entry(this, kind, key, FirstWord(question), replica, time.GetUtcNow());
        lock (_lock)
        {
            _entries.Enqueue(entry);
            if (_entries.Count > MaxEntries)
            {
                _entries.Dequeue();
            }
        }

        return entry;
    }

    /// <summary>All entries, with times in seconds after <paramref name="origin"/>.</summary>
    public IReadOnlyList<WorkRecord> Read(DateTimeOffset origin)
    {
        lock (_lock)
        {
            return [.. _entries.Select(entry => entry.ReadLocked(origin))];
        }
    }

    /// <summary>What stands for a text in the journal.</summary>
    public static string FirstWord(string text)
    {
        var end = text.IndexOf(' ', StringComparison.Ordinal);
        return text[..Math.Min(end < 0 ? text.Length : end, MaxQuestionChars)];
    }

    /// <summary>One answer or run. Its fields are guarded by the journal's lock.</summary>
    internal sealed class Entry(
        WorkJournal journal,
        WorkKind kind,
        string key,
        string question,
        int replica,
        DateTimeOffset began)
    {
        private readonly DateTimeOffset _began = began;
        private DateTimeOffset _lastSeen = began;
        private DateTimeOffset? _ended;
        private WorkOutcome _outcome;
        private (long Input, long Output, bool IsTaken) _cost;

        /// <summary>It makes progress.</summary>
        public void Progress()
        {
            lock (journal._lock)
            {
                _lastSeen = journal.Now;
            }
        }

        /// <summary>
        /// The model says what it costs. Whether the server takes it in is known if it asks for more.
        /// </summary>
        public void Report(long input, long output)
        {
            lock (journal._lock)
            {
                _cost = (input, output, false);
            }
        }

        /// <summary>The server has taken in what it costs.</summary>
        public void Taken()
        {
            lock (journal._lock)
            {
                _cost.IsTaken = true;
            }
        }

        /// <summary>It has ended. The first end counts.</summary>
        public void End(WorkOutcome outcome)
        {
            lock (journal._lock)
            {
                if (_ended is null)
                {
                    _lastSeen = journal.Now;
                    _ended = _lastSeen;
                    _outcome = outcome;
                }
            }
        }

        public WorkRecord ReadLocked(DateTimeOffset origin) => new(
            kind,
            key,
            question,
            replica,
            (_began - origin).TotalSeconds,
            (_lastSeen - origin).TotalSeconds,
            (_ended - origin)?.TotalSeconds,
            _outcome)
        {
            InputTokens = _cost.Input,
            OutputTokens = _cost.Output,
            IsCostTaken = _cost.IsTaken,
        };
    }

    private DateTimeOffset Now => time.GetUtcNow();
}
