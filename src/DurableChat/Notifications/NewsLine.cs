using DurableChat.Chats;

namespace DurableChat.Notifications;

/// <summary>
/// The queue of news to send: one entry per chat. Owners take turns, and each owner's entries keep their order. Above
/// the limits, owners with many entries lose theirs first, so that one busy owner costs the others nothing.
/// Thread-safe. Each call takes a few steps.
/// </summary>
internal sealed class NewsLine(int maxNews, long maxBytes, int maxPayload)
{
    /// <summary>An owner with more than this fraction of the places (1/n) counts as having many.</summary>
    private const int LargePart = 16;

    /// <summary>An owner may keep this fraction of the bytes (1/n). Further news become hints.</summary>
    private const int BytesPart = 8;

    private readonly object _gate = new();

    // Guarded by _gate.
    private readonly Dictionary<ChatId, News> _waiting = [];
    private readonly Dictionary<string, OwnerLine> _owners = new(StringComparer.Ordinal);
    private readonly LinkedList<OwnerLine> _turns = new();
    private readonly List<OwnerLine> _large = [];
    private long _bytes;

    /// <summary>
    /// Adds news, or merges them with waiting news of the same chat. Returns how many other entries were dropped.
    /// </summary>
    public int Add(News news)
    {
        lock (_gate)
        {
            if (_waiting.TryGetValue(news.Id, out var waiting))
            {
                var owner = _owners[waiting.Owner];
                Count(owner, -waiting.Bytes);
                waiting.Join(news, maxPayload);
                Place(owner, waiting);
                return 0;
            }

            var line = LineOf(news.Owner);
            Place(line, news);
            _waiting.Add(news.Id, news);
            line.News.Enqueue(news);
            if (!line.IsLarge && line.News.Count > maxNews / LargePart)
            {
                line.IsLarge = true;
                _large.Add(line);
            }

            var dropped = 0;
            for (; _waiting.Count > maxNews; dropped++)
            {
                Take(FindWhoLoses(line));
            }

            return dropped;
        }
    }

    /// <summary>Takes the next entry. Null if none waits.</summary>
    public News? TryTake()
    {
        lock (_gate)
        {
            if (_turns.First?.Value is not { } line)
            {
                return null;
            }

            _turns.Remove(line.Turn);
            _turns.AddLast(line.Turn);
            return Take(line);
        }
    }

    // Needs _gate.
    private OwnerLine LineOf(string owner)
    {
        if (!_owners.TryGetValue(owner, out var line))
        {
            _owners.Add(owner, line = new OwnerLine(owner));
            _turns.AddLast(line.Turn);
        }

        return line;
    }

    // Needs _gate.
    private void Place(OwnerLine line, News news)
    {
        if (_bytes + news.Bytes > maxBytes || line.Bytes + news.Bytes > maxBytes / BytesPart)
        {
            news.Shrink();
        }

        Count(line, news.Bytes);
    }

    // Needs _gate.
    private void Count(OwnerLine line, long change)
    {
        _bytes += change;
        line.Bytes += change;
    }

    // Needs _gate. Only few owners can have many entries, so the list is short.
    private OwnerLine FindWhoLoses(OwnerLine adding) =>
        _large.Count > 0 ? _large.MaxBy(line => line.News.Count)!
            : adding.News.Count > 1 ? adding
            : _turns.First!.Value;

    // Needs _gate.
    private News Take(OwnerLine line)
    {
        var news = line.News.Dequeue();
        _waiting.Remove(news.Id);
        Count(line, -news.Bytes);
        if (line.IsLarge && line.News.Count <= maxNews / LargePart)
        {
            line.IsLarge = false;
            _large.Remove(line);
        }

        if (line.News.Count == 0)
        {
            _turns.Remove(line.Turn);
            _owners.Remove(line.Owner);
        }

        return news;
    }

    private sealed class OwnerLine
    {
        public OwnerLine(string owner)
        {
            Owner = owner;
            Turn = new LinkedListNode<OwnerLine>(this);
        }

        public string Owner { get; }

        public LinkedListNode<OwnerLine> Turn { get; }

        public Queue<News> News { get; } = new();

        public long Bytes { get; set; }

        public bool IsLarge { get; set; }
    }
}
