using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Feeds;

/// <summary>
/// What one replica knows of a chat: its state, the newest messages, and the answer in flight. All of it is a copy of
/// what was committed or of what a worker has generated, so it can be dropped at any time. Pure: it waits for nothing,
/// wakes no waiter and reads no clock. Not thread-safe: guarded by the feed's lock.
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
/// Each doubt has a number, and a load settles the doubts that were raised before it started. A feed in the phase
/// Unknown can hold a state. It serves nothing from it, because published commits may be outdated unless they are the
/// chat's first.
/// </remarks>
internal sealed class FeedKnowledge(ChatId id, string replica, FeedOptions options)
{
    private bool _isKnown;
    private bool _isGone;
    private bool _isHeadLoaded;
    private int _settledDoubts;

    /// <summary>The id of the chat.</summary>
    public ChatId Id => id;

    /// <summary>The settings.</summary>
    public FeedOptions Options => options;

    /// <summary>The newest messages.</summary>
    public DurableWindow Window { get; } = new(options.WindowMessages, options.WindowBytes);

    /// <summary>The answer in flight.</summary>
    public AnswerInFlight Answer { get; } = new(id);

    /// <summary>The newest state, whether it is served or not. Null for none.</summary>
    public KnownState? State { get; private set; }

    /// <summary>The newest state without its events. Null for none.</summary>
    public Chat? Chat => State?.Chat;

    /// <summary>How many doubts have been raised.</summary>
    public int Doubts { get; private set; }

    /// <summary>The id of the newest message that another replica's commit announced. 0 for none.</summary>
    public long LastRemoteId { get; private set; }

    /// <summary>
    /// True if the newest state was loaded before the notification of another replica's commit arrived. That
    /// notification most likely brings the messages.
    /// </summary>
    public bool MayComeInline => _isHeadLoaded && replica.Length > 0;

    /// <summary>
    /// The epoch of commits that were served here and then lost, until a later epoch starts. Otherwise 0. Readers of
    /// other replicas may have seen the lost commits, and their positions do not show it. So the next commit starts a
    /// later epoch.
    /// </summary>
    public long LostEpoch { get; private set; }

    /// <summary>The phase of the knowledge.</summary>
    public FeedPhase Phase =>
        _isGone ? FeedPhase.Gone
        : _isKnown && Doubts == _settledDoubts ? FeedPhase.Present
        : State is null ? FeedPhase.Unknown
        : FeedPhase.InDoubt;

    /// <summary>
    /// The version that is served as current, and its commit, even if parts of the state have been freed. Null if none
    /// is served.
    /// </summary>
    public KnownChat? Present => Phase == FeedPhase.Present && Chat is { } chat
        ? new KnownChat(id, chat.Version, chat.CommitId, chat.Owner, chat.Epoch)
        : null;

    /// <summary>
    /// The state that is served as current. Null if none is served, or if parts of it have been freed.
    /// </summary>
    public Chat? Whole => Phase == FeedPhase.Present && State is { IsSlim: false } state ? state.Chat : null;

    /// <summary>
    /// The replica that generates the parts, if it is not this one. Null if no other replica drives the chat.
    /// </summary>
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

    /// <summary>The total size in memory, in bytes.</summary>
    public long Bytes => Window.Bytes + Answer.Bytes + (State?.Bytes ?? 0);

    private string? Driver =>
        Chat is { NeedsWorker: true, Lease: { IsHandedOver: false } lease } ? lease.Replica : null;

    /// <summary>Adds a commit, in any order.</summary>
    /// <param name="next">The state that it made.</param>
    /// <param name="appended">The appended messages, as far as they are included.</param>
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
                // A failover lost one of the two commits. Only the database knows which.
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

        // Once a state is known, every publication is a new commit. A feed that knows nothing cannot see whether a
        // publication is late, unless it is the chat's first commit.
        _isKnown |= next.Version == 1;
        return FeedChange.State | FeedChange.Window;
    }

    /// <summary>
    /// Adds another replica's commit, in any order. It is accepted only if its state names the known state among the
    /// preceding ones. The first state is loaded from the store, and so is every state that does not follow the known
    /// one.
    /// </summary>
    /// <param name="next">The state that it made.</param>
    /// <param name="appended">The appended messages, as far as they are included.</param>
    /// <param name="publishedAt">When it committed: a timestamp.</param>
    /// <param name="lacksTools">
    /// True if the state came without the chat's client tools. They never change, so the known ones are used.
    /// </param>
    public FeedChange TakeRemote(Chat next, IReadOnlyList<Message> appended, long publishedAt, bool lacksTools)
    {
        Appear(next);
        var whole = lacksTools ? next with { ClientTools = Chat?.ClientTools ?? [] } : next;
        return Follows(whole) && !(lacksTools && whole.ClientTools.Count == 0)
            ? Take(whole, appended, publishedAt, isRemote: true)
            : DoubtBelow(next.Version, next.CommitId);
    }

    /// <summary>True if there are messages and the window reaches the last of them.</summary>
    public bool HasAll(IReadOnlyList<Message> appended) => appended is [.., var last] && Window.Tail >= last.Id;

    /// <summary>The only place where a doubt starts: the feed may have missed commits.</summary>
    public FeedChange Doubt()
    {
        Doubts++;
        return FeedChange.Doubt;
    }

    /// <summary>
    /// Raises a doubt if the chat has reached a version, and the feed knows only an older one or another commit of that
    /// version.
    /// </summary>
    public FeedChange DoubtBelow(long version, Guid commitId)
    {
        var isCurrent = Chat is { } known && known.Version >= version && !known.Contradicts(version, commitId);

        // Even if nothing is known yet: a load in progress may have read before that version existed.
        return _isGone || isCurrent ? FeedChange.None : Doubt();
    }

    /// <summary>Call it before the state is read. The result goes to <see cref="CompleteLoad"/>.</summary>
    public FeedLoad BeginLoad() => new(Doubts, Chat);

    /// <summary>
    /// Takes the state that was read, or the fact that there is none. A doubt that was raised after the read started
    /// remains.
    /// </summary>
    public FeedChange CompleteLoad(Chat? chat, FeedLoad load)
    {
        if (chat is null)
        {
            // A state that appeared during the read may be newer than the one that was read.
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
                // What arrived during the read may be newer than what was read, or belong to a history that no longer
                // exists.
                return Doubt();
            }
        }
        else if (Chat is { } unnamed && unnamed.CommitId == Guid.Empty && chat.Version == unnamed.Version)
        {
            // The state came from a replica of an older version, which names no commits.
            State = State! with { Chat = chat };
        }

        Raise(chat);
        _isKnown = true;
        _settledDoubts = Math.Max(_settledDoubts, load.Doubts);
        return change;
    }

    /// <summary>Adds messages that were read, if they still belong to the current epoch.</summary>
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

    /// <summary>Records that the chat is gone, and drops what is known of it.</summary>
    public FeedChange End()
    {
        _isGone = true;
        State = State?.WithoutBulk(isDrivenHere: false);
        Answer.Clear();
        Window.Reset(0, 0);
        return FeedChange.Gone;
    }

    /// <inheritdoc cref="AnswerInFlight.Begin"/>
    public bool Begin(long generation, long token, long firstSeq) => Answer.Begin(Chat, generation, token, firstSeq);

    /// <summary>Records the progress of a tool, unless its call is no longer pending.</summary>
    public FeedChange ShowProgress(long generation, string callId, string text, long now) =>
        !_isGone && Answer.ShowProgress(Chat, generation, callId, text, now) ? FeedChange.Answer : FeedChange.None;

    /// <summary>How much could be freed while the feed is in use, in bytes.</summary>
    /// <param name="holdsState">True while the state must stay complete.</param>
    public long FreeableBytes(bool holdsState) => Window.Bytes + FreeableState(holdsState);

    /// <summary>
    /// Frees what can be read again: the window and the large parts of the state. False if there is nothing.
    /// </summary>
    /// <param name="holdsState">True while the state must stay complete.</param>
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
    /// All messages of the window up to the head. Null unless they are the whole history, or at least
    /// <paramref name="enoughMessages"/> messages, or at least <paramref name="enoughBytes"/> bytes.
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
    /// A chat that was requested before it existed seemed to be gone, e.g. because its creation first failed. Ids are
    /// not reused, so it exists now.
    /// </summary>
    private void Appear(Chat next) => _isGone &= Chat is not null || next.Version != 1;

    private bool Follows(Chat next) =>
        Chat is { } known && known.Owner == next.Owner && (next.Version <= known.Version || next.Follows(known));

    /// <summary>True if the stored state does not belong to the known line of commits, at whatever version.</summary>
    private static bool IsOfAnotherLine(Chat stored, Chat known) =>
        stored.Owner != known.Owner
            || stored.Contradicts(known)
            || (stored.Version == known.Version && stored.Epoch != known.Epoch);

    /// <summary>
    /// The commit directly after the known state shows what the rewrite has kept. With any other commit, more may have
    /// happened.
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

        // A version that was not published here, although the feed existed, was made by another replica.
        var wasThere = Chat is not null;
        _isHeadLoaded |= RaiseTo(loaded, publishedAt: 0) && wasThere;
        LastRemoteId = _isHeadLoaded ? loaded.LastMessageId : LastRemoteId;
    }

    /// <summary>
    /// The stored history is not the one that was served: a failover or a restored backup lost commits, or a
    /// notification was wrong. The feed adopts what is stored.
    /// </summary>
    private void Forget()
    {
        LostEpoch = Math.Max(LostEpoch, Chat!.Epoch);
        State = null;
        Answer.Clear();
    }
}
