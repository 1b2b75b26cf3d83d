using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Feeds;

/// <summary>
/// What one replica has in memory of one chat: its newest known state, the durable window, and the answer in flight. Publishers put things in, subscribers
/// look with a cursor; nobody waits for anybody. Everything in here is a copy of what has committed (or, for the answer in flight, of what the worker
/// made), so it can be thrown away at any time.
/// <para>Thread-safe: one lock guards all mutable fields and is never held across I/O or a caller's code.</para>
/// </summary>
internal sealed class Feed
{
    private const int MaxEventsPerLook = 64;
    private const int MaxBytesPerLook = 256 * 1024;

    /// <summary>A round figure for an empty feed: its objects, and its entry among the others.</summary>
    private const int BaseBytes = 1536;

    /// <summary>A round figure for a subscriber.</summary>
    private const int SubscriberBytes = 512;

    /// <summary>A state that is in use is given back only if that saves more than this: it has to be read again.</summary>
    private const int WorthGivingBack = 4096;

    private readonly object _gate = new();
    private readonly FeedRegistry _registry;
    private readonly FeedOptions _options;
    private readonly HeadSignal _signal = new();

    // Guarded by _gate.
    private readonly DurableWindow _window;
    private Chat? _chat;
    private StateEvents? _events;
    private LiveGeneration? _live;
    private ProgressEvents? _progress;
    private bool _known;
    private bool _unsynced = true;
    private int _doubts;
    private int _settledDoubts;
    private long _lastRemoteId;
    private bool _isHeadLoaded;
    private long _lostEpoch;
    private bool _deleted;
    private bool _removed;
    private int _pins;
    private readonly HashSet<SubscriberCursor> _cursors = [];
    private int _subscribers;
    private long _lastUsed;
    private StateSize _stateSize;
    private int _stateHolds;
    private readonly FeedPlace _place;

    public Feed(ChatId id, FeedRegistry registry, FeedOptions options)
    {
        Id = id;
        _registry = registry;
        _options = options;
        _window = new DurableWindow(options.WindowMessages, options.WindowBytes);
        _place = new FeedPlace(this);
        _lastUsed = registry.Time.GetTimestamp();
    }

    public ChatId Id { get; }

    /// <summary>Orders the commits of this replica to the chat, so that they neither conflict nor publish out of turn.</summary>
    public SemaphoreSlim CommitGate { get; } = new(1, 1);

    /// <summary>When it was last looked at or published to: a timestamp of the registry's time provider.</summary>
    public long LastUsed => Volatile.Read(ref _lastUsed);

    /// <summary>The chat's state, if the feed knows the present one and has not given parts of it back. Does not count as use.</summary>
    public Chat? TryGetChat()
    {
        lock (_gate)
        {
            return _unsynced || _deleted || _events is { IsSlim: true } ? null : _chat;
        }
    }

    /// <summary>The version that the feed serves as the present one, and its commit, whether it has all of the state or not; null if it serves none.</summary>
    public KnownChat? Present
    {
        get
        {
            lock (_gate)
            {
                return _unsynced || _deleted || _chat is null
                    ? null
                    : new KnownChat(Id, _chat.Version, _chat.CommitId, _chat.Owner, _chat.Epoch);
            }
        }
    }

    /// <summary>True if a state is known and nothing is served from it until it is loaded.</summary>
    public bool IsInDoubt
    {
        get
        {
            lock (_gate)
            {
                return _unsynced && !_deleted && _chat is not null;
            }
        }
    }

    /// <summary>True if the chat is known to be gone or never to have been. Ids are not used twice, so only a chat that never was can still come to be.</summary>
    public bool IsDeleted
    {
        get
        {
            lock (_gate)
            {
                return _deleted;
            }
        }
    }

    /// <summary>Whose chat, if that is known.</summary>
    public string? Owner
    {
        get
        {
            lock (_gate)
            {
                return _chat?.Owner;
            }
        }
    }

    /// <summary>Takes in what has committed, in any order. The window is filled before the head is raised, and both before anybody is woken.</summary>
    public void Publish(Transition transition) => Publish(transition.Next, transition.Appended, _registry.Time.GetTimestamp(), isRemote: false);

    /// <summary>
    /// Takes in what another replica has committed, in any order. Messages that were too large to come along are left
    /// out, and are read when somebody wants them. Only a state that names the known one
    /// among those before it is taken: the first comes from the store, and so does every other that leaves out more
    /// than it names.
    /// </summary>
    /// <param name="next">The state it made.</param>
    /// <param name="appended">The messages it appended, as far as they came along.</param>
    /// <param name="age">How long ago it was.</param>
    /// <param name="lacksTools">True if the state lacks the client tools that the chat has. They never change, so the feed's own serve; without them the state is worth no more than a hint.</param>
    /// <returns>True if the messages now follow what the window had, so that nobody need read them.</returns>
    public bool PublishRemote(Chat next, IReadOnlyList<Message> appended, TimeSpan age, bool lacksTools = false)
    {
        bool follows;
        lock (_gate)
        {
            // A chat that was looked for before it was there is here now.
            _deleted &= _chat is not null || next.Version != 1;
            next = lacksTools ? next with { ClientTools = _chat?.ClientTools ?? [] } : next;
            follows = FollowsLocked(next) && (!lacksTools || next.ClientTools.Count > 0);
        }

        if (!follows)
        {
            MarkUnsyncedBelow(next.Version, next.CommitId);
            return false;
        }

        var publishedAt = _registry.Time.GetTimestamp() - (long)(age.TotalSeconds * _registry.Time.TimestampFrequency);
        Publish(next, appended, publishedAt, isRemote: true);
        lock (_gate)
        {
            return appended.Count > 0 && _window.Tail >= appended[^1].Id;
        }
    }

    private void Publish(Chat next, IReadOnlyList<Message> appended, long publishedAt, bool isRemote)
    {
        lock (_gate)
        {
            // A chat that was looked for before it was there seemed to be gone, e.g. when its creation failed at first. Ids are not used twice, so it is here now.
            _deleted &= _chat is not null || next.Version != 1;
            if (_deleted)
            {
                return;
            }

            if (_chat is not null && next.Contradicts(_chat))
            {
                // A failover lost one of the two. Which one, only the database knows.
                DoubtLocked();
                _signal.Raise();
                return;
            }

            if (_chat is not null && next.Epoch < _chat.Epoch)
            {
                return;
            }

            if (_chat is null || next.Epoch > _chat.Epoch)
            {
                BeginEpochLocked(next, appended is [var first, ..] ? first.PreviousId : next.LastMessageId);
            }

            foreach (var message in appended)
            {
                _window.Publish(StreamEvents.Message(Id, next.Epoch, message, publishedAt));
            }

            if (RaiseTo(next, publishedAt))
            {
                _lastRemoteId = isRemote ? next.LastMessageId : _lastRemoteId;
                _isHeadLoaded = false;
            }

            // From a known state on, every publication is of what has just committed. A feed that knows nothing yet cannot tell whether this one comes late,
            // unless it is the chat's first.
            _known |= next.Version == 1;
            _unsynced = !_known || _doubts != _settledDoubts;
            AfterChange();
        }

        _signal.Raise();
        _registry.EnforceBudget();
        AskForRelay();
    }

    /// <summary>Says that commits may have happened that the feed was not told of. Until it is loaded again it serves nothing as the present.</summary>
    public void MarkUnsynced()
    {
        lock (_gate)
        {
            DoubtLocked();
        }

        _signal.Raise();
    }

    /// <summary>Wakes the subscribers of a feed in doubt: each looks, and one has the state loaded.</summary>
    public void WakeIfInDoubt()
    {
        lock (_gate)
        {
            if (!_unsynced || _deleted || _cursors.Count + _subscribers == 0)
            {
                return;
            }
        }

        _signal.Raise();
    }

    /// <summary>
    /// Says that the chat has got to a version. If the feed knows only an older one, or another commit of that version, it serves nothing until it is loaded; true then.
    /// </summary>
    public bool MarkUnsyncedBelow(long version, Guid commitId = default)
    {
        bool isKnown;
        lock (_gate)
        {
            if (_deleted || (_chat?.Version >= version && !_chat.Contradicts(version, commitId)))
            {
                return false;
            }

            // Also if nothing is known yet: a load that is under way may have looked before that version was there.
            isKnown = _chat is not null;
            DoubtLocked();
        }

        _signal.Raise();
        return isKnown;
    }

    /// <summary>To be called before the state is read; the answer goes to <see cref="CompleteLoad"/>.</summary>
    public FeedLoad BeginLoad()
    {
        lock (_gate)
        {
            return new FeedLoad(_doubts, _chat);
        }
    }

    /// <summary>Takes in the state that was read, or that there is none. A doubt raised after the read began remains.</summary>
    public void CompleteLoad(Chat? chat, FeedLoad load)
    {
        lock (_gate)
        {
            if (chat is null)
            {
                EndUnlessNewerThan(load);
                return;
            }

            if (_deleted)
            {
                return;
            }

            if (_chat is not null && (chat.Version < _chat.Version || IsOfAnotherLine(chat, _chat)))
            {
                if (ReferenceEquals(_chat, load.Known))
                {
                    ForgetLocked();
                }
                else if (IsOfAnotherLine(chat, _chat))
                {
                    // What came while the read was under way may be newer than what was read, or of a history that is no more.
                    DoubtLocked();
                    _signal.Raise();
                    return;
                }
            }
            else if (_chat is { CommitId: var known } && known == Guid.Empty && chat.Version == _chat.Version)
            {
                // It came from a replica of an older version, which names no commits.
                _chat = chat;
            }

            if (_chat is null || chat.Epoch > _chat.Epoch)
            {
                ResetLocked(chat.Epoch, chat.LastMessageId);
            }

            // A version that nobody published here, though the feed was there, was made by another replica.
            var wasThere = _chat is not null;
            RestoreBulk(chat);
            _isHeadLoaded |= RaiseTo(chat, publishedAt: 0) && wasThere;
            _lastRemoteId = _isHeadLoaded ? chat.LastMessageId : _lastRemoteId;
            _known = true;
            _settledDoubts = Math.Max(_settledDoubts, load.Doubts);
            _unsynced = _doubts != _settledDoubts;
            AfterChange();
        }

        _signal.Raise();
        _registry.EnforceBudget();
        AskForRelay();
    }

    /// <summary>Takes in messages that were read, if they still belong to the present epoch.</summary>
    public void Fill(CatchUpPage page)
    {
        var isBehind = false;
        lock (_gate)
        {
            if (_chat is null || _deleted || page.Epoch < _chat.Epoch)
            {
                return;
            }

            isBehind = page.Version > _chat.Version || _chat.Contradicts(page.Version, page.CommitId);
            if (isBehind)
            {
                // The database has a commit that was not published here. A subscriber that takes this page would be ahead of the feed.
                DoubtLocked();
            }

            if (page.Epoch == _chat.Epoch)
            {
                _window.Fill(page.Events);
            }

            AfterChange();
        }

        if (isBehind)
        {
            // Those who were content with the older state have to look again.
            _signal.Raise();
        }

        _registry.EnforceBudget();
    }

    /// <summary>
    /// The epoch of commits that were served here and are lost, until a later epoch begins; else 0. Readers that are connected elsewhere, or come back later, may have been shown what was lost, and
    /// their positions do not show it. So the next commit begins a later epoch.
    /// </summary>
    public long LostEpoch
    {
        get
        {
            lock (_gate)
            {
                return _lostEpoch;
            }
        }
    }

    /// <summary>Says that the chat is gone. Every stream of it ends.</summary>
    public void MarkDeleted()
    {
        lock (_gate)
        {
            Delete();
        }
    }

    /// <summary>Opens a generation for its parts; false if the chat has moved on.</summary>
    public bool BeginGeneration(long generation)
    {
        lock (_gate)
        {
            if (_chat is null || _chat.Generation != generation || !_chat.NeedsWorker)
            {
                return false;
            }

            _live = new LiveGeneration(Id, _chat.Epoch, _chat.LastMessageId, generation);
            AfterChange();
        }

        _signal.Raise();
        return true;
    }

    /// <summary>Adds a part to the answer in flight; gives its length so far in UTF-16 code units, or null if that generation is over.</summary>
    public int? AppendPart(long generation, MessagePart part)
    {
        int chars;
        lock (_gate)
        {
            if (_live?.Generation != generation)
            {
                return null;
            }

            var shown = _live.Append(part, _registry.Time.GetTimestamp());
            chars = _live.Chars;
            if (!shown)
            {
                return chars;
            }

            AfterChange();
        }

        _signal.Raise();
        return chars;
    }

    /// <summary>Shows the progress of a tool to those who follow the chat here, unless its call is no longer pending.</summary>
    public void ShowProgress(long generation, string callId, string text)
    {
        lock (_gate)
        {
            if (_deleted
                || _chat is not { NeedsWorker: true }
                || _chat.PendingToolCalls.All(call => call.CallId != callId)
                || _chat.OriginOfCalls.Generation != generation)
            {
                return;
            }

            _progress ??= new ProgressEvents();
            _progress.Show(callId, StreamEvents.Progress(Id, callId, text, _registry.Time.GetTimestamp()));
            AfterChange();
        }

        _signal.Raise();
    }

    /// <summary>Whose parts are wanted: there are subscribers here, and another replica drives the chat; else null.</summary>
    public RelayTarget? RelayTarget
    {
        get
        {
            lock (_gate)
            {
                return _subscribers > 0 && IsDrivenElsewhere ? new RelayTarget(_chat!.Lease!.Replica, _live?.Generation ?? 0, _live?.LastSeq ?? 0) : null;
            }
        }
    }

    /// <summary>How often the feed has changed.</summary>
    public long Revision => _signal.Revision;

    // Needs _gate.
    private bool IsDrivenElsewhere => _registry.Replica.Length > 0 && !_deleted && _chat is { NeedsWorker: true, Lease: { } lease } && lease.Replica != _registry.Replica;

    /// <summary>Takes in parts that another replica has made.</summary>
    public RelayOutcome AppendRelayed(RelayFrame frame)
    {
        if (frame.Progress is { } progress)
        {
            return ShowRelayed(frame, progress);
        }

        lock (_gate)
        {
            if (IsAheadLocked(frame))
            {
                return RelayOutcome.Ahead;
            }

            // Pending calls: the answer they belong to has committed.
            if (frame.Epoch < _chat!.Epoch || frame.Generation < _chat.Generation || frame.BaseMessageId < _chat.LastMessageId || !IsDrivenElsewhere || _chat.PendingToolCalls.Count > 0)
            {
                return RelayOutcome.Taken;
            }

            if (_live?.Generation != frame.Generation)
            {
                if (frame.FirstSeq != 1)
                {
                    return RelayOutcome.Gap;
                }

                _live = new LiveGeneration(Id, _chat.Epoch, _chat.LastMessageId, frame.Generation);
            }

            if (frame.FirstSeq > _live.LastSeq + 1)
            {
                return RelayOutcome.Gap;
            }

            var now = _registry.Time.GetTimestamp();
            var seq = frame.FirstSeq;
            foreach (var part in frame.Split())
            {
                if (seq++ > _live.LastSeq)
                {
                    _live.Append(part, now);
                }
            }

            AfterChange();
        }

        _signal.Raise();
        return RelayOutcome.Taken;
    }

    private RelayOutcome ShowRelayed(RelayFrame frame, RelayedProgress progress)
    {
        lock (_gate)
        {
            if (IsAheadLocked(frame))
            {
                return RelayOutcome.Ahead;
            }

            if (frame.Epoch < _chat!.Epoch || !IsDrivenElsewhere)
            {
                return RelayOutcome.Taken;
            }
        }

        ShowProgress(frame.Generation, progress.CallId, progress.Text);
        return RelayOutcome.Taken;
    }

    /// <summary>True if a frame follows a commit that is not known here yet.</summary>
    private bool IsAheadLocked(RelayFrame frame) => _chat is null
        || frame.Epoch > _chat.Epoch
        || (frame.Epoch == _chat.Epoch
            && (frame.Generation > _chat.Generation || frame.BaseMessageId > _chat.LastMessageId));

    /// <summary>The next parts, or the next progress of a tool, for another replica, or none for the moment; false once this replica drives the chat no longer.</summary>
    public bool LookForRelay(ref long generation, ref long seq, ref long progress, out RelayFrame? frame, out long revision)
    {
        lock (_gate)
        {
            frame = null;
            revision = _signal.Revision;
            if (_deleted || _chat is not { NeedsWorker: true, Lease: { } lease } || lease.Replica != _registry.Replica)
            {
                return false;
            }

            Touch();
            if (_live is not null)
            {
                if (_live.Generation != generation || seq > _live.LastSeq)
                {
                    generation = _live.Generation;
                    seq = 0;
                }

                frame = _live.ReadForRelay(seq, _chat.Version);
                seq = frame?.LastSeq ?? seq;
            }

            if (frame is null && _progress?.NextAfter(ref progress) is { } said)
            {
                frame = new RelayFrame(
                    _chat.Version, _chat.Epoch, _chat.LastMessageId, _chat.OriginOfCalls.Generation, 1, [0], new TextPart(""))
                {
                    Progress = said,
                };
            }

            return true;
        }
    }

    /// <summary>Somebody follows the chat here.</summary>
    public void AddSubscriber()
    {
        lock (_gate)
        {
            _subscribers++;
        }

        AskForRelay();
    }

    /// <summary>Undoes an <see cref="AddSubscriber"/>.</summary>
    public void RemoveSubscriber()
    {
        bool isLast;
        lock (_gate)
        {
            isLast = --_subscribers == 0;
        }

        if (isLast)
        {
            // A relay that waits has nobody left to bring anything to.
            _signal.Raise();
        }
    }

    /// <summary>The parts of the answer in flight so far, joined; null if that generation is over.</summary>
    public IReadOnlyList<MessagePart>? TryGetParts(long generation)
    {
        lock (_gate)
        {
            return _live?.Generation == generation ? _live.ToParts() : null;
        }
    }

    /// <summary>
    /// The newest messages up to the head, all that the window has; null if they are neither the whole history nor as many as <paramref name="enoughMessages"/>
    /// or as large as <paramref name="enoughBytes"/>.
    /// </summary>
    public IReadOnlyList<Message>? TryGetHistory(int enoughMessages, int enoughBytes)
    {
        MessageEvent[] events;
        lock (_gate)
        {
            if (_chat is null || _unsynced || _deleted || !_window.Covers(_window.Floor, _chat.LastMessageId)
                || (_window.Floor > 0 && _window.Count < enoughMessages && _window.Bytes < enoughBytes))
            {
                return null;
            }

            Touch();
            events = [.. Enumerable.Range(0, _window.Count).Select(index => _window[index])];
        }

        return [.. events.Select(message => message.ToMessage())];
    }

    /// <summary>Adds the events that come next for a subscriber, and moves its cursor past them; or says what stands in the way.</summary>
    public FeedLook Look(SubscriberCursor cursor, List<StreamEvent> events)
    {
        FeedLook look;
        bool hasRaisedDoubt;
        lock (_gate)
        {
            var doubts = _doubts;
            look = LookUnderLock(cursor, events);
            cursor.PositionAtLook = cursor.Position;
            hasRaisedDoubt = _doubts != doubts;

            // What is loaded for this subscriber stays until it has looked again, else memory that is short could keep it loading for ever.
            HoldState(cursor, look.Kind == FeedLookKind.Unsynced);
        }

        if (hasRaisedDoubt)
        {
            // The other subscribers wait for a change, and this is one: nobody is served until the state is loaded, and whoever looks first has it loaded.
            _signal.Raise();
        }

        return look;
    }

    /// <summary>Makes a subscriber's cursor visible to <see cref="Inspect"/>.</summary>
    public void Join(SubscriberCursor cursor)
    {
        lock (_gate)
        {
            _cursors.Add(cursor);
            CountMemory();
        }
    }

    /// <summary>Undoes <see cref="Join"/>.</summary>
    public void Leave(SubscriberCursor cursor)
    {
        lock (_gate)
        {
            _cursors.Remove(cursor);
            HoldState(cursor, holds: false);
            CountMemory();
        }
    }

    /// <summary>Keeps the state whole while a caller loads and takes it.</summary>
    public void HoldState()
    {
        lock (_gate)
        {
            _stateHolds++;
        }
    }

    /// <summary>Undoes a <see cref="HoldState()"/>.</summary>
    public void ReleaseState()
    {
        lock (_gate)
        {
            _stateHolds--;
            CountMemory();
        }
    }

    /// <summary>What the feed holds at this moment. Does not count as use.</summary>
    public FeedReport Inspect(int maxCursors)
    {
        lock (_gate)
        {
            return new FeedReport
            {
                ChatId = Id,
                Synced = _chat is not null && !_unsynced,
                Status = _chat?.Status,
                Version = _chat?.Version ?? 0,
                Epoch = _chat?.Epoch ?? 0,
                HeadId = _chat?.LastMessageId ?? 0,
                Lease = _chat?.Lease,
                Window = new WindowReport(_window.Floor, _window.Tail, _window.Count, _window.Bytes),
                Live = _live is null ? null : new LiveReport(_live.Generation, _live.LastSeq, _live.Chars, _live.Bytes),
                Bytes = _place.Bytes,
                Pins = _pins,
                Subscribers = _cursors.Count,
                Cursors = [.. _cursors.Take(maxCursors).Select(cursor => cursor.PositionAtLook.ToString())],
                IdleSeconds = _registry.Time.GetElapsedTime(_lastUsed).TotalSeconds,
            };
        }
    }

    /// <summary>Completes when the feed is no longer as <see cref="Look"/> saw it.</summary>
    public Task WaitAsync(long revision, CancellationToken cancellationToken) => _signal.WaitAsync(revision, cancellationToken);

    /// <summary>The same, but for so long at most. The wait itself stays until the next change or the end, which costs less than to take it back.</summary>
    public async Task WaitAsync(long revision, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task changed = _signal.WaitAsync(revision, cancellationToken);
        await Task.WhenAny(changed, Task.Delay(patience, _registry.Time, waiting.Token)).ConfigureAwait(false);
        await waiting.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Keeps the feed from being removed; false if it is removed already and another must be taken.</summary>
    public bool TryPin()
    {
        lock (_gate)
        {
            if (_removed)
            {
                return false;
            }

            _pins++;
            AfterChange();
            return true;
        }
    }

    /// <summary>Undoes a <see cref="TryPin"/>; true if nothing is left to keep, because the chat is gone or never was.</summary>
    public bool Unpin()
    {
        lock (_gate)
        {
            _pins--;
            AfterChange();
            return _deleted && _pins == 0;
        }
    }

    /// <summary>
    /// Marks the feed as removed if nobody holds it and it has rested since <paramref name="restedSince"/>. The decision and the mark are one, so nobody can
    /// take hold of it in between.
    /// </summary>
    public bool TryRemove(long restedSince)
    {
        lock (_gate)
        {
            if (_removed || _pins > 0 || _lastUsed > restedSince)
            {
                return false;
            }

            _removed = true;
            _registry.Budget.Release(_place);
            return true;
        }
    }

    /// <summary>
    /// Gives back what can be read again: the window, and what is large of the state; false if there is nothing. It is no use of the feed: else those used least would become those used last, and
    /// while memory is short no feed would ever grow old enough to go.
    /// </summary>
    public bool TryEvict()
    {
        lock (_gate)
        {
            var bulk = FreeableBulk();
            if (_removed || (_window.Bytes == 0 && bulk == 0))
            {
                return false;
            }

            _window.Evict();
            if (bulk > 0)
            {
                _chat = WithoutBulk(_chat!);
                _events = _events!.WithoutBulk();
                _stateSize = StateSize.Of(_chat);
            }

            CountMemory();
            return true;
        }
    }

    /// <summary>Takes a new place among those that give way, if there is something to give back.</summary>
    public void StandInLine()
    {
        lock (_gate)
        {
            CountMemory();
        }
    }

    private FeedLook LookUnderLock(SubscriberCursor cursor, List<StreamEvent> events)
    {
        if (_deleted)
        {
            return new FeedLook(FeedLookKind.Deleted);
        }

        if (_chat is null || _events is null || _unsynced || (!cursor.IsVoid && RaisesDoubt(cursor)) || _events.Lacks(cursor.SeenState))
        {
            return new FeedLook(FeedLookKind.Unsynced);
        }

        Touch();
        if (cursor.IsVoid)
        {
            RestartVoidLocked(cursor, events);
        }

        RestartIfRewritten(cursor, events);
        if (cursor.SeenStatus == 0)
        {
            AddStatus(cursor, events);
        }

        if (cursor.Position.MessageId < _chat.LastMessageId)
        {
            var miss = AddMessages(cursor, events);
            return events.Count > 0 ? new FeedLook(FeedLookKind.Delivered) : miss;
        }

        AddWhatFollowsTheHead(cursor, events);
        return events.Count > 0 ? new FeedLook(FeedLookKind.Delivered) : new FeedLook(FeedLookKind.Idle, _signal.Revision);
    }

    /// <summary>
    /// The commit that follows the known state shows what the rewrite has kept. From any other, more may have happened in between than it tells.
    /// </summary>
    private void BeginEpochLocked(Chat next, long kept)
    {
        if (next.Version == _chat?.Version + 1 && _window.Epoch == _chat!.Epoch)
        {
            _window.Rewrite(next.Epoch, kept);
            _lostEpoch = next.Epoch > _lostEpoch ? 0 : _lostEpoch;
        }
        else
        {
            ResetLocked(next.Epoch, kept);
        }
    }

    /// <summary>True if what is stored is not what was known, at whatever version.</summary>
    private static bool IsOfAnotherLine(Chat stored, Chat known) =>
        stored.Owner != known.Owner
            || stored.Contradicts(known)
            || (stored.Version == known.Version && stored.Epoch != known.Epoch);

    private bool FollowsLocked(Chat next) =>
        _chat is { } known && known.Owner == next.Owner && (next.Version <= known.Version || next.Follows(known));

    private bool RaiseTo(Chat next, long publishedAt)
    {
        if (_chat is not null && next.Version <= _chat.Version)
        {
            return false;
        }

        _events = StateEvents.Of(next, _chat, _events, publishedAt);
        _chat = next;
        _progress?.Keep(next.NeedsWorker ? next.PendingToolCalls : []);
        _stateSize = StateSize.Of(next);
        // Parts are in flight only while a worker drives the generation and its answer is not committed. It is while its tool calls are pending.
        if (_live is not null && (_live.Generation < next.Generation || !next.NeedsWorker || next.Lease is null || next.PendingToolCalls.Count > 0))
        {
            _live = null;
        }

        return true;
    }

    /// <summary>
    /// The stored history is not the one that was served: a failover or a restored backup lost commits, or a notification was wrong. The feed takes what is stored, and its readers begin again.
    /// </summary>
    private void ForgetLocked()
    {
        _lostEpoch = Math.Max(_lostEpoch, _chat!.Epoch);
        _chat = null;
        _events = null;
        _live = null;
        _progress?.Keep([]);
        foreach (var cursor in _cursors)
        {
            cursor.IsVoid = true;
        }
    }

    private void RestartVoidLocked(SubscriberCursor cursor, List<StreamEvent> events)
    {
        cursor.IsVoid = false;
        cursor.SeenStatus = 0;
        cursor.SeenState = 0;
        if (cursor.Position != default)
        {
            Restart(cursor, events);
        }
    }

    private void ResetLocked(long epoch, long floor)
    {
        _window.Reset(epoch, floor);
        _lostEpoch = epoch > _lostEpoch ? 0 : _lostEpoch;
    }

    private void EndUnlessNewerThan(FeedLoad load)
    {
        if (_chat is not null && _chat.Version > (load.Known?.Version ?? 0))
        {
            // It came to be while the read was under way, which may have looked before that.
            DoubtLocked();
            _signal.Raise();
            return;
        }

        Delete();
    }

    private void Delete()
    {
        _deleted = true;
        _live = null;
        _progress?.Keep([]);
        _events = null;
        _chat = _chat is null ? null : WithoutBulk(_chat);
        _stateSize = _chat is null ? default : StateSize.Of(_chat);
        _window.Reset(0, 0);
        AfterChange();
        _signal.Raise();
    }

    /// <summary>
    /// A subscriber that is ahead of the feed was shown more by another replica, of whose commit this one has not heard yet; or its position is of a history that is no more, e.g. of a
    /// backup's future. The database tells, so a position is asked about once.
    /// </summary>
    private bool RaisesDoubt(SubscriberCursor cursor)
    {
        var position = cursor.Position;
        var isAhead = position.Epoch > _chat!.Epoch || ((position.Epoch == _chat.Epoch || position.Epoch == 0) && position.MessageId > _chat.LastMessageId);
        if (!isAhead)
        {
            cursor.Doubt = 0;
            return false;
        }

        if (cursor.Doubt > 0)
        {
            return false;
        }

        DoubtLocked();
        cursor.Doubt = _doubts;
        return true;
    }

    /// <summary>The one place where a doubt begins. The caller raises the signal once it is outside the lock.</summary>
    private void DoubtLocked()
    {
        _unsynced = true;
        _doubts++;
    }

    private void RestartIfRewritten(SubscriberCursor cursor, List<StreamEvent> events)
    {
        var position = cursor.Position;
        if (position.Epoch == 0)
        {
            cursor.Position = position = position with { Epoch = _chat!.Epoch };
        }

        // Whoever is ahead of a feed that has just been loaded comes from a history that is no more.
        if (position.Epoch != _chat!.Epoch || position.MessageId > _chat.LastMessageId)
        {
            Restart(cursor, events);
        }
    }

    private void Restart(SubscriberCursor cursor, List<StreamEvent> events)
    {
        events.Add(StreamEvents.HistoryReset(Id, _chat!.Epoch));
        cursor.Restart(_chat.Epoch);
    }

    private void AddStatus(SubscriberCursor cursor, List<StreamEvent> events)
    {
        var status = _events!.Status;
        if (status.Version > cursor.SeenStatus)
        {
            events.Add(status.Event);
            cursor.SeenStatus = status.Version;
        }
    }

    private FeedLook AddMessages(SubscriberCursor cursor, List<StreamEvent> events)
    {
        var from = cursor.Position.MessageId;
        if (!_window.Covers(from, _chat!.LastMessageId))
        {
            return Miss(cursor);
        }

        _registry.Metrics.WindowHit();
        var bytes = 0;
        for (var index = _window.IndexAfter(from); index < _window.Count && events.Count < MaxEventsPerLook && bytes < MaxBytesPerLook; index++)
        {
            var message = _window[index];
            if (!cursor.TryDeliver(message, Id, events))
            {
                // The cursor stands at a message that an edit removed.
                Restart(cursor, events);
                break;
            }

            bytes += message.Frame.Length;
        }

        return default;
    }

    private FeedLook Miss(SubscriberCursor cursor)
    {
        var from = cursor.Position.MessageId;
        if (cursor.Refreshing)
        {
            return new FeedLook(FeedLookKind.Miss, CatchUp: new CatchUpKey(_chat!.Epoch, from), Reason: ReadReason.FullRefresh);
        }

        _registry.Metrics.WindowMiss();

        // What the window lacks at its end serves every subscriber near the head, so the read begins there and not at this cursor.
        var lacksOnlyTheEnd = _options.WindowMessages > 0 && from >= _window.Floor && from - _window.Tail <= _options.WindowMessages;
        return new FeedLook(
            FeedLookKind.Miss,
            CatchUp: new CatchUpKey(_chat!.Epoch, lacksOnlyTheEnd ? _window.Tail : from),
            Reason: cursor.Initial ? ReadReason.Initial : _window.Tail < _lastRemoteId ? ReadReason.RemoteCatchUp : ReadReason.CatchUp,
            MayComeInline: _isHeadLoaded && !cursor.Initial && _registry.Replica.Length > 0,
            Revision: _signal.Revision);
    }

    private void AddWhatFollowsTheHead(SubscriberCursor cursor, List<StreamEvent> events)
    {
        cursor.Initial = false;
        cursor.Refreshing = false;
        AddStatus(cursor, events);
        _events!.AddChangesAfter(cursor.SeenState, events);
        cursor.SeenState = _chat!.Version;
        cursor.SeenProgress = _progress?.ReadAfter(cursor.SeenProgress, events) ?? 0;
        var position = cursor.Position;
        if (position.Seq > 0 && (_live?.Generation != position.Generation || position.Seq > _live.LastSeq))
        {
            if (IsDrivenElsewhere && position.Generation == _chat.Generation && (_live is null || _live.Generation == position.Generation))
            {
                // The parts are on their way from the replica that makes them; what is on the screen is their beginning.
                return;
            }

            cursor.Position = position = position with { Generation = _live?.Generation ?? position.Generation, Seq = 0 };
            events.Add(StreamEvents.PreviewReset(Id, position));
        }

        if (_live is null)
        {
            return;
        }

        var seq = _live.Generation == position.Generation ? position.Seq : 0;
        cursor.Position = position with { Generation = _live.Generation, Seq = _live.ReadAfter(seq, events, MaxEventsPerLook) };
    }

    /// <summary>Outside the lock.</summary>
    private void AskForRelay()
    {
        if (RelayTarget is not null)
        {
            _registry.AskForRelay(this);
        }
    }

    private void Touch() => Volatile.Write(ref _lastUsed, _registry.Time.GetTimestamp());

    private void AfterChange()
    {
        Touch();
        CountMemory();
    }

    private void CountMemory()
    {
        if (_removed)
        {
            return;
        }

        // A feed of a chat that is gone goes with its last hold.
        var bytes = _deleted ? 0 : BaseBytes + (_cursors.Count * (long)SubscriberBytes) + _window.Bytes + (_live?.Bytes ?? 0) + (_progress?.Bytes ?? 0) + (_events?.Bytes ?? 0) + _stateSize.Total;
        var freeable = _pins == 0 ? bytes : _window.Bytes + FreeableBulk();
        if (bytes != _place.Bytes || freeable != _place.Freeable || (freeable > 0 && !_place.IsInLine))
        {
            _registry.Budget.Count(_place, _chat?.Owner, bytes, freeable);
        }
    }

    /// <summary>How much of the state could be given back now. While a run works with it, only the queue.</summary>
    private long FreeableBulk()
    {
        if (_stateHolds > 0 || _chat is null || _events is null or { IsSlim: true })
        {
            return 0;
        }

        var bulk = _events.BulkBytes + _stateSize.Queue + (IsDrivenHere(_chat) ? 0 : _stateSize.Tools) + (_chat.NeedsWorker ? 0 : _stateSize.Calls);
        return bulk > WorthGivingBack ? bulk : 0;
    }

    private Chat WithoutBulk(Chat chat) => chat with
    {
        Queue = [],
        ClientTools = IsDrivenHere(chat) ? chat.ClientTools : [],
        PendingToolCalls = chat.NeedsWorker ? chat.PendingToolCalls : [],
    };

    /// <summary>Puts back what was given back of the state, now that it was read again.</summary>
    private void RestoreBulk(Chat chat)
    {
        if (_events is { IsSlim: true } && _chat?.Version == chat.Version)
        {
            _chat = chat;
            _events = _events.WithBulkOf(chat);
            _stateSize = StateSize.Of(chat);
        }
    }

    private bool IsDrivenHere(Chat chat) => chat is { NeedsWorker: true, Lease: { } lease } && lease.Replica == _registry.Replica;

    private void HoldState(SubscriberCursor cursor, bool holds)
    {
        if (cursor.HoldsState != holds)
        {
            cursor.HoldsState = holds;
            _stateHolds += holds ? 1 : -1;
            CountMemory();
        }
    }
}
