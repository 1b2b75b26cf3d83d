using DurableChat.Chats;

namespace DurableChat.Notifications;

/// <summary>
/// What waits to be sent about one chat: its newest state, and the messages of all commits merged here. It drops what
/// is too large for the channel immediately, so that it stays small, however large the commit is. Not thread-safe.
/// </summary>
internal sealed class News
{
    /// <summary>The approximate size of an instance without content.</summary>
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

    /// <summary>The id of the commit that made the version.</summary>
    public Guid CommitId { get; private set; }

    /// <summary>
    /// True if the chat needs a worker and has no lease: replicas with free capacity should look for work.
    /// </summary>
    public bool Waits { get; private set; }

    /// <summary>When that version was committed.</summary>
    public DateTimeOffset CommittedAt { get; private set; }

    /// <summary>The newest state, without the client tools, which never change. Null if it is too large.</summary>
    public Chat? State { get; private set; }

    /// <summary>True if the state has client tools.</summary>
    public bool HasTools { get; private set; }

    /// <summary>The appended messages, in order. Null if they are too large.</summary>
    public IReadOnlyList<Message>? Messages { get; private set; }

    public bool IsDeletion => Version == 0;

    /// <summary>The approximate size in memory.</summary>
    public int Bytes => BaseBytes + (sizeof(char) * (_stateChars + _messageChars));

    /// <summary>Creates the news of a commit.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="maxBytes">The maximum size of a notification. A character takes at least one byte.</param>
    public static News Of(Transition commit, int maxBytes)
    {
        var chat = commit.Next;
        var news = new News(chat.Id, chat.Owner)
        {
            _epoch = chat.Epoch,
            Version = chat.Version,
            CommitId = chat.CommitId,
            Waits = chat is { NeedsWorker: true, Lease: null or { IsHandedOver: true } },
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

    /// <summary>Creates the news of a deletion.</summary>
    public static News OfDeletion(ChatId id, string owner) => new(id, owner);

    /// <summary>Merges later news of the same chat.</summary>
    public void Join(News later, int maxBytes)
    {
        if (IsDeletion || (!later.IsDeletion
            && (later.Version < Version || (later.Version == Version && later.CommitId == CommitId))))
        {
            return;
        }

        var messages = later._epoch != _epoch ? later.Messages : Together(Messages, later.Messages);
        (Version, CommitId, Waits, CommittedAt, _epoch) = (
            later.Version, later.CommitId, later.Waits, later.CommittedAt, later._epoch);
        (State, HasTools, _stateChars) = (later.State, later.HasTools, later._stateChars);
        SetMessages(State is null ? null : messages, maxBytes);
    }

    /// <summary>Drops the content, so that only a hint of a change remains.</summary>
    public void Shrink()
    {
        State = null;
        _stateChars = 0;
        SetMessages(null, 0);
    }

    private static IReadOnlyList<Message>? Together(IReadOnlyList<Message>? earlier, IReadOnlyList<Message>? later) =>
        (earlier, later) switch
        {
            (null, _) or (_, null) => null,
            ([], _) => later,
            (_, []) => earlier,
            _ => later[0].PreviousId == earlier[^1].Id ? [.. earlier, .. later] : null,
        };

    private void SetMessages(IReadOnlyList<Message>? messages, int maxBytes)
    {
        var chars = messages?.Sum(message => (message.Replay?.Length ?? 0)
            + message.Parts.Sum(part => (long)MessagePart.CharsOf(part))) ?? 0;
        Messages = chars <= maxBytes ? messages : null;
        _messageChars = Messages is null ? 0 : (int)chars;
    }

    private static long CharsOf(Chat chat) =>
        chat.Owner.Length
            + chat.Title.Length
            + chat.Queue.Sum(queued => (long)queued.Content.Length)
            + chat.PendingToolCalls.Sum(call => (long)MessagePart.CharsOf(call));
}
