using DurableChat.Chats;

namespace DurableChat.Notifications;

/// <summary>
/// What waits to be told of one chat: its newest state, and the messages of all commits that are joined here. It keeps only what can be sent: what is too large for the channel is left out at once,
/// so that a hint weighs like a hint, whatever the commit refers to. Not thread-safe.
/// </summary>
internal sealed class News
{
    /// <summary>A round figure for one without content.</summary>
    private const int BaseBytes = 256;

    private long _epoch;
    private int _stateChars;
    private int _messageChars;

    private News(ChatId id, string owner)
    {
        Id = id;
        Owner = owner;
    }

    public ChatId Id { get; }

    public string Owner { get; }

    /// <summary>The newest version; 0 if the chat was deleted.</summary>
    public long Version { get; private set; }

    /// <summary>The commit that made it.</summary>
    public Guid CommitId { get; private set; }

    /// <summary>True if the chat needs a worker and nobody holds its lease: replicas with a place free should look for work.</summary>
    public bool Waits { get; private set; }

    /// <summary>When that was committed.</summary>
    public DateTimeOffset CommittedAt { get; private set; }

    /// <summary>The newest state without the client tools, which never change; null if it is too large.</summary>
    public Chat? State { get; private set; }

    /// <summary>True if the state has client tools.</summary>
    public bool HasTools { get; private set; }

    /// <summary>What was appended, in order; null if it is too large.</summary>
    public IReadOnlyList<Message>? Messages { get; private set; }

    public bool IsDeletion => Version == 0;

    /// <summary>About what it keeps in memory.</summary>
    public int Bytes => BaseBytes + (sizeof(char) * (_stateChars + _messageChars));

    /// <summary>News of a commit.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="maxBytes">How large a notification may be; one character takes at least a byte.</param>
    public static News Of(Transition commit, int maxBytes)
    {
        var chat = commit.Next;
        var news = new News(chat.Id, chat.Owner)
        {
            _epoch = chat.Epoch,
            Version = chat.Version,
            CommitId = chat.CommitId,
            Waits = chat is { NeedsWorker: true, Lease: null },
            CommittedAt = chat.UpdatedAt,
            HasTools = chat.ClientTools.Count > 0,
        };
        var stateChars = CharsOf(chat);
        if (stateChars <= maxBytes)
        {
            news._stateChars = (int)stateChars;
            news.State = news.HasTools ? chat with { ClientTools = [] } : chat;
        }

        news.SetMessages(news.State is not null ? commit.Appended : null, maxBytes);
        return news;
    }

    /// <summary>News of a deletion.</summary>
    public static News OfDeletion(ChatId id, string owner) => new(id, owner);

    /// <summary>Takes in later news of the same chat.</summary>
    public void Join(News later, int maxBytes)
    {
        if (IsDeletion || (!later.IsDeletion && (later.Version < Version || (later.Version == Version && later.CommitId == CommitId))))
        {
            return;
        }

        var messages = later._epoch != _epoch ? later.Messages : Together(Messages, later.Messages);
        (Version, CommitId, Waits, CommittedAt, _epoch) = (later.Version, later.CommitId, later.Waits, later.CommittedAt, later._epoch);
        (State, HasTools, _stateChars) = (later.State, later.HasTools, later._stateChars);
        SetMessages(State is null ? null : messages, maxBytes);
    }

    /// <summary>Leaves only that there is something new.</summary>
    public void Shrink()
    {
        State = null;
        _stateChars = 0;
        SetMessages(null, 0);
    }

    private static IReadOnlyList<Message>? Together(IReadOnlyList<Message>? earlier, IReadOnlyList<Message>? later) => (earlier, later) switch
    {
        (null, _) or (_, null) => null,
        ([], _) => later,
        (_, []) => earlier,
        _ => later[0].PreviousId == earlier[^1].Id ? [.. earlier, .. later] : null,
    };

    private void SetMessages(IReadOnlyList<Message>? messages, int maxBytes)
    {
        var chars = messages?.Sum(message => (message.Replay?.Length ?? 0) + message.Parts.Sum(part => (long)MessagePart.CharsOf(part))) ?? 0;
        Messages = chars <= maxBytes ? messages : null;
        _messageChars = Messages is null ? 0 : (int)chars;
    }

    private static long CharsOf(Chat chat) =>
        chat.Owner.Length + chat.Title.Length + chat.Queue.Sum(queued => (long)queued.Content.Length) + chat.PendingToolCalls.Sum(call => (long)MessagePart.CharsOf(call));
}
