using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Feeds;

/// <summary>
/// What one replica knows of a chat: its state, the newest messages, and the answer in flight. All of it is a copy of
/// what has committed, or of what a worker has made, so it can be lost at any time. Pure: it waits for nothing, wakes
/// nobody and reads no clock. Not thread-safe: the feed's lock guards it.
/// <code>
///              version 1, or a load               doubt
///   Unknown ────────────────────────▶ Present ◀───────────▶ InDoubt
///      │                                 │        load         │
///      └───────────────┬─────────────────┴─────────────────────┘
///                      ▼  a deletion, or a load that finds nothing
///                    Gone
/// </code>
/// </summary>
/// <remarks>
/// Each doubt has a number, and a load settles those that were raised before it began. A feed that is Unknown can hold
/// a state: commits that were published may be old unless they are the chat's first, so nothing is served from it.
/// </remarks>
internal sealed class FeedKnowledge(ChatId id, string replica, FeedOptions options)
{
    private bool _isKnown;
    private bool _isGone;
    private bool _isHeadLoaded;
    private int _settledDoubts;

    /// <summary>Of which chat.</summary>
    public ChatId Id => id;

    /// <summary>How much is kept.</summary>
    public FeedOptions Options => options;

    /// <summary>The newest messages.</summary>
    public DurableWindow Window { get; } = new(options.WindowMessages, options.WindowBytes);

    /// <summary>The answer in flight.</summary>
    public AnswerInFlight Answer { get; } = new(id);

    /// <summary>The newest state, whether it is served or not; null for none.</summary>
    public KnownState? State { get; private set; }

    /// <summary>The newest state without its events; null for none.</summary>
    public Chat? Chat => State?.Chat;

    /// <summary>How many doubts there have been.</summary>
    public int Doubts { get; private set; }

    /// <summary>The newest message of which another replica's commit gave notice; 0 for none.</summary>
    public long LastRemoteId { get; private set; }

    /// <summary>
    /// True if the newest state was loaded before the notification of another replica's commit arrived, which most
    /// likely brings the messages.
    /// </summary>
    public bool MayComeInline => _isHeadLoaded && replica.Length > 0;

    /// <summary>
    /// The epoch of commits that were served here and are lost, until a later epoch begins; else 0. Readers elsewhere
    /// may have been shown what was lost, and their positions do not show it. So the next commit begins a later epoch.
    /// </summary>
    public long LostEpoch { get; private set; }

    /// <summary>How much is known.</summary>
    public FeedPhase Phase =>
        _isGone ? FeedPhase.Gone
        : _isKnown && Doubts == _settledDoubts ? FeedPhase.Present
        : State is null ? FeedPhase.Unknown
        : FeedPhase.InDoubt;

    /// <summary>
    /// The version that is served as the present one, and its commit, whether all of the state is here or not; null if
    /// none is served.
    /// </summary>
    public KnownChat? Present => Phase == FeedPhase.Present && Chat is { } chat
        ? new KnownChat(id, chat.Version, chat.CommitId, chat.Owner, chat.Epoch)
        : null;

    /// <summary>
    /// The state that is served as the present one; null if none is served or parts of it have been given back.
    /// </summary>
    public Chat? Whole => Phase == FeedPhase.Present && State is { IsSlim: false } state ? state.Chat : null;

    /// <summary>Where parts are made that are not made here; null if no other replica drives the chat.</summary>
    public RelayTarget? RelayTarget => IsDrivenElsewhere
        ? new RelayTarget(Driver!, Answer.Live?.Generation ?? 0, Answer.Live?.LastSeq ?? 0)
        : null;

    /// <summary>True if nothing is served until the state is loaded.</summary>
    public bool NeedsLoad => Phase is FeedPhase.Unknown or FeedPhase.InDoubt;

    /// <summary>True if this replica drives the chat.</summary>
    public bool IsDrivenHere => Phase != FeedPhase.Gone && Driver == replica;

    /// <summary>True if another replica drives the chat.</summary>
    public bool IsDrivenElsewhere =>
        replica.Length > 0 && Phase != FeedPhase.Gone && Driver is { } driver && driver != replica;

    /// <summary>What everything here takes in memory, in bytes.</summary>
    public long Bytes => Window.Bytes + Answer.Bytes + (State?.Bytes ?? 0);

    private string? Driver => Chat is { NeedsWorker: true, Lease: { } lease } ? lease.Replica : null;

    /// <summary>Takes in what has committed, in any order.</summary>
    /// <param name="next">The state it made.</param>
    /// <param name="appended">The messages it appended, as far as they came along.</param>
    /// <param name="publishedAt">When it committed: a timestamp.</param>
    /// <param name="isRemote">True if another replica committed it.</param>
    public FeedChange Take(Chat next, IReadOnlyList<Message> appended, long publishedAt, bool isRemote)
    {
        Appear(next);
        if (_isGone)
        {
            return FeedChange.None;
        }

        if (Chat is { } known)
        {
            if (next.Contradicts(known))
            {
                // A failover lost one of the two. Only the database knows which.
                return Doubt();
            }

            if (next.Epoch < known.Epoch)
            {
                return FeedChange.None;
            }
        }

        if (Chat is null || next.Epoch > Chat.Epoch)
        {
            BeginEpoch(next, appended is [var first, ..] ? first.PreviousId : next.LastMessageId);
        }

        foreach (var message in appended)
        {
            Window.Publish(StreamEvents.Message(id, next.Epoch, message, publishedAt));
        }

        if (RaiseTo(next, publishedAt))
        {
            LastRemoteId = isRemote ? next.LastMessageId : LastRemoteId;
            _isHeadLoaded = false;
        }

        // From a known state on, every publication is of what has just committed. A feed that knows nothing cannot see
        // whether this one comes late, unless it is the chat's first.
        _isKnown |= next.Version == 1;
        return FeedChange.State | FeedChange.Window;
    }

    /// <summary>
    /// Takes in what another replica has committed, in any order. Only a state that names the known one among those
    /// before it is taken. The first state comes from the store, and so does every other that does not follow.
    /// </summary>
    /// <param name="next">The state it made.</param>
    /// <param name="appended">The messages it appended, as far as they came along.</param>
    /// <param name="publishedAt">When it committed: a timestamp.</param>
    /// <param name="lacksTools">
    /// True if the state came without the client tools that the chat has. They never change, so those known here are
    /// used.
    /// </param>
    public FeedChange TakeRemote(Chat next, IReadOnlyList<Message> appended, long publishedAt, bool lacksTools)
    {
        Appear(next);
        var whole = lacksTools ? next with { ClientTools = Chat?.ClientTools ?? [] } : next;
        return Follows(whole) && !(lacksTools && whole.ClientTools.Count == 0)
            ? Take(whole, appended, publishedAt, isRemote: true)
            : DoubtBelow(next.Version, next.CommitId);
    }

    /// <summary>True if there are messages, and the window reaches the last of them.</summary>
    public bool HasAll(IReadOnlyList<Message> appended) => appended is [.., var last] && Window.Tail >= last.Id;

    /// <summary>
    /// The one place where a doubt begins: commits may have happened of which the feed knows nothing.
    /// </summary>
    public FeedChange Doubt()
    {
        Doubts++;
        return FeedChange.Doubt;
    }

    /// <summary>
    /// Raises a doubt if the chat has got to a version, and the feed knows only an older one or another commit of that
    /// version.
    /// </summary>
    public FeedChange DoubtBelow(long version, Guid commitId)
    {
        var isCurrent = Chat is { } known && known.Version >= version && !known.Contradicts(version, commitId);

        // Also if nothing is known yet: a load that is under way may have looked before that version was there.
        return _isGone || isCurrent ? FeedChange.None : Doubt();
    }

    /// <summary>To be called before the state is read. The result goes to <see cref="CompleteLoad"/>.</summary>
    public FeedLoad BeginLoad() => new(Doubts, Chat);

    /// <summary>
    /// Takes in the state that was read, or that there is none. A doubt that was raised after the read began remains.
    /// </summary>
    public FeedChange CompleteLoad(Chat? chat, FeedLoad load)
    {
        if (chat is null)
        {
            // A state that appeared while the read was under way may be newer than what was read.
            return Chat is { } newer && newer.Version > (load.Known?.Version ?? 0) ? Doubt() : End();
        }

        if (_isGone)
        {
            return FeedChange.None;
        }

        var change = FeedChange.State | FeedChange.Window;
        if (Chat is { } known && (chat.Version < known.Version || IsOfAnotherLine(chat, known)))
        {
            if (ReferenceEquals(known, load.Known))
            {
                Forget();
                change |= FeedChange.Lost;
            }
            else if (IsOfAnotherLine(chat, known))
            {
                // What came while the read was under way may be newer than what was read, or of a history that is no
                // more.
                return Doubt();
            }
        }
        else if (Chat is { } unnamed && unnamed.CommitId == Guid.Empty && chat.Version == unnamed.Version)
        {
            // It came from a replica of an older version, which names no commits.
            State = State! with { Chat = chat };
        }

        Raise(chat);
        _isKnown = true;
        _settledDoubts = Math.Max(_settledDoubts, load.Doubts);
        return change;
    }

    /// <summary>Takes in messages that were read, if they still belong to the present epoch.</summary>
    public FeedChange Fill(CatchUpPage page)
    {
        if (Chat is not { } known || _isGone || page.Epoch < known.Epoch)
        {
            return FeedChange.None;
        }

        var change = FeedChange.Window;
        if (page.Version > known.Version || known.Contradicts(page.Version, page.CommitId))
        {
            // The database has a commit that was not published here. A subscriber that takes this page would be ahead
            // of the feed.
            change |= Doubt();
        }

        if (page.Epoch == known.Epoch)
        {
            Window.Fill(page.Events);
        }

        return change;
    }

    /// <summary>The chat is gone: what is known of it goes too.</summary>
    public FeedChange End()
    {
        _isGone = true;
        State = State?.WithoutBulk(isDrivenHere: false);
        Answer.Clear();
        Window.Reset(0, 0);
        return FeedChange.Gone;
    }

    /// <summary>Opens a generation for its parts; false if the chat has moved past it.</summary>
    public bool Begin(long generation) => Answer.Begin(Chat, generation);

    /// <summary>Takes the progress of a tool, unless its call is no longer pending.</summary>
    public FeedChange ShowProgress(long generation, string callId, string text, long now) =>
        !_isGone && Answer.ShowProgress(Chat, generation, callId, text, now) ? FeedChange.Answer : FeedChange.None;

    /// <summary>How much could be given back while the feed is in use, in bytes.</summary>
    /// <param name="holdsState">True while the state must stay whole.</param>
    public long FreeableBytes(bool holdsState) => Window.Bytes + FreeableState(holdsState);

    /// <summary>
    /// Gives back what can be read again: the window, and what is large of the state; false if there is nothing.
    /// </summary>
    /// <param name="holdsState">True while the state must stay whole.</param>
    public bool TryEvict(bool holdsState)
    {
        var ofState = FreeableState(holdsState);
        if (Window.Bytes == 0 && ofState == 0)
        {
            return false;
        }

        Window.Evict();
        State = ofState > 0 ? State!.WithoutBulk(IsDrivenHere) : State;
        return true;
    }

    /// <summary>
    /// The newest messages up to the head, all that the window has; null if they are neither the whole history nor as
    /// many as
    /// <paramref name="enoughMessages"/> or as large as <paramref name="enoughBytes"/>.
    /// </summary>
    public MessageEvent[]? TryGetHistory(int enoughMessages, int enoughBytes)
    {
        var isEnough = Window.Floor == 0 || Window.Count >= enoughMessages || Window.Bytes >= enoughBytes;
        return Phase == FeedPhase.Present && isEnough && Window.Covers(Window.Floor, Chat!.LastMessageId)
            ? [.. Enumerable.Range(0, Window.Count).Select(index => Window[index])]
            : null;
    }

    private long FreeableState(bool holdsState) => holdsState || _isGone ? 0 : State?.FreeableBytes(IsDrivenHere) ?? 0;

    /// <summary>
    /// A chat that was looked for before it existed seemed to be gone, e.g. because its creation failed at first. Ids
    /// are not used twice, so now it exists.
    /// </summary>
    private void Appear(Chat next) => _isGone &= Chat is not null || next.Version != 1;

    private bool Follows(Chat next) =>
        Chat is { } known && known.Owner == next.Owner && (next.Version <= known.Version || next.Follows(known));

    /// <summary>True if what is stored is not what was known, at whatever version.</summary>
    private static bool IsOfAnotherLine(Chat stored, Chat known) =>
        stored.Owner != known.Owner
            || stored.Contradicts(known)
            || (stored.Version == known.Version && stored.Epoch != known.Epoch);

    /// <summary>
    /// The commit that follows the known state shows what the rewrite has kept. Before any other, more may have
    /// happened than it shows.
    /// </summary>
    private void BeginEpoch(Chat next, long kept)
    {
        if (next.Version == Chat?.Version + 1 && Window.Epoch == Chat!.Epoch)
        {
            Window.Rewrite(next.Epoch, kept);
        }
        else
        {
            Window.Reset(next.Epoch, kept);
        }

        LostEpoch = next.Epoch > LostEpoch ? 0 : LostEpoch;
    }

    private bool RaiseTo(Chat next, long publishedAt)
    {
        if (Chat is { } known && next.Version <= known.Version)
        {
            return false;
        }

        State = KnownState.Of(next, State, publishedAt);
        Answer.Follow(next);
        return true;
    }

    /// <summary>Raises the feed to a state that was loaded.</summary>
    private void Raise(Chat loaded)
    {
        if (Chat is null || loaded.Epoch > Chat.Epoch)
        {
            Window.Reset(loaded.Epoch, loaded.LastMessageId);
            LostEpoch = loaded.Epoch > LostEpoch ? 0 : LostEpoch;
        }

        if (State is { IsSlim: true } slim && slim.Chat.Version == loaded.Version)
        {
            State = slim.WithBulkOf(loaded);
        }

        // A version that was not published here, though the feed was there, was made by another replica.
        var wasThere = Chat is not null;
        _isHeadLoaded |= RaiseTo(loaded, publishedAt: 0) && wasThere;
        LastRemoteId = _isHeadLoaded ? loaded.LastMessageId : LastRemoteId;
    }

    /// <summary>
    /// The stored history is not the one that was served: a failover or a restored backup lost commits, or a
    /// notification was wrong. The feed takes what is stored.
    /// </summary>
    private void Forget()
    {
        LostEpoch = Math.Max(LostEpoch, Chat!.Epoch);
        State = null;
        Answer.Clear();
    }
}
