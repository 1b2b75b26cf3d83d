using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Feeds;

/// <summary>
/// What one replica holds in memory of one chat. Publishers add to it, subscribers read it with a cursor, and neither
/// waits for the other. Thread-safe: <see cref="FeedGuard"/> has the lock over <see cref="FeedKnowledge"/> and
/// <see cref="FeedHolds"/>, which contain the logic.
/// </summary>
internal sealed class Feed
{
    private readonly FeedGuard _guard;

    public Feed(ChatId id, IFeedHost host, FeedOptions options)
    {
        Id = id;
        _guard = new FeedGuard(this, host, options);
        Checkpoints = new FeedCheckpoints(_guard);
    }

    public ChatId Id { get; }

    /// <summary>What checkpoints read and restore.</summary>
    public FeedCheckpoints Checkpoints { get; }

    /// <summary>
    /// Serialises this replica's commits to the chat, so that they neither conflict nor publish out of order.
    /// </summary>
    public SemaphoreSlim CommitGate { get; } = new(1, 1);

    /// <summary>When the feed was last read or published to: a timestamp of the host's clock.</summary>
    public long LastUsed => _guard.Holds.LastUsed;

    /// <summary>How often the feed has changed.</summary>
    public long Revision => _guard.Signal.Revision;

    /// <inheritdoc cref="FeedKnowledge.Present"/>
    public KnownChat? Present => _guard.Read(static guard => guard.Knowledge.Present);

    /// <summary>True if a state is known but is not served until it is loaded.</summary>
    public bool IsInDoubt => _guard.Read(static guard => guard.Knowledge.Phase) == FeedPhase.InDoubt;

    /// <summary>True if the chat is known to be deleted or never to have existed.</summary>
    public bool IsDeleted => _guard.Read(static guard => guard.Knowledge.Phase) == FeedPhase.Gone;

    /// <summary>The owner of the chat, if known.</summary>
    public string? Owner => _guard.Read(static guard => guard.Knowledge.Chat?.Owner);

    /// <inheritdoc cref="FeedKnowledge.LostEpoch"/>
    public long LostEpoch => _guard.Read(static guard => guard.Knowledge.LostEpoch);

    /// <summary>
    /// Which parts are wanted. Null unless there are subscribers here and another replica drives the chat.
    /// </summary>
    public RelayTarget? RelayTarget =>
        _guard.Read(static guard => guard.Holds.Subscribers > 0 ? guard.Knowledge.RelayTarget : null);

    /// <summary>
    /// The chat's state, if the feed knows the current one and has not freed parts of it. Does not count as use.
    /// </summary>
    public Chat? TryGetChat() => _guard.Read(static guard => guard.Knowledge.Whole);

    /// <summary>
    /// Adds a commit, in any order. The window is filled before the head is raised, and both before any subscriber is
    /// woken.
    /// </summary>
    public void Publish(Transition transition) => _guard.Change(transition, static (guard, committed) =>
        guard.Knowledge.Take(committed.Next, committed.Appended, guard.Now, isRemote: false));

    /// <summary>
    /// Adds another replica's commit, as <see cref="FeedKnowledge.TakeRemote"/> does. True if none of its messages must
    /// be read.
    /// </summary>
    public bool PublishRemote(Chat next, IReadOnlyList<Message> appended, TimeSpan age, bool lacksTools = false) =>
        _guard.Change((next, appended, age, lacksTools), static (guard, of) =>
        {
            var publishedAt = guard.Now - (long)(of.age.TotalSeconds * guard.Host.Time.TimestampFrequency);
            var change = guard.Knowledge.TakeRemote(of.next, of.appended, publishedAt, of.lacksTools);
            return (change, (change & FeedChange.Doubt) == 0 && guard.Knowledge.HasAll(of.appended));
        });

    /// <summary>
    /// Records that the feed may have missed commits. Until its state is loaded, it serves nothing as current.
    /// </summary>
    public void MarkUnsynced() => _guard.Change(0, static (guard, _) => guard.Knowledge.Doubt());

    /// <summary>
    /// Raises a doubt as <see cref="FeedKnowledge.DoubtBelow"/> does. True if a known state is then no longer served.
    /// </summary>
    public bool MarkUnsyncedBelow(long version, Guid commitId = default) =>
        _guard.Change((version, commitId), static (guard, of) =>
        {
            var change = guard.Knowledge.DoubtBelow(of.version, of.commitId);
            return (change, change != 0 && guard.Knowledge.State is not null);
        });

    /// <summary>
    /// Wakes the subscribers of a feed in doubt: each looks at the feed, and one has the state loaded.
    /// </summary>
    public void WakeIfInDoubt() => _guard.Change(0, static (guard, _) =>
        guard.Knowledge.NeedsLoad && guard.Holds.Subscribers > 0 ? FeedChange.Waiting : FeedChange.None);

    /// <inheritdoc cref="FeedKnowledge.BeginLoad"/>
    public FeedLoad BeginLoad() => _guard.Read(static guard => guard.Knowledge.BeginLoad());

    /// <inheritdoc cref="FeedKnowledge.CompleteLoad"/>
    public void CompleteLoad(Chat? chat, FeedLoad load) =>
        _guard.Change((chat, load), static (guard, read) => guard.Knowledge.CompleteLoad(read.chat, read.load));

    /// <summary>True if the window has all messages that a read would give.</summary>
    public bool Covers(CatchUpKey read) => _guard.Read(guard =>
        guard.Knowledge.Window.Epoch == read.Epoch
            && guard.Knowledge.Window.Covers(read.AfterId, guard.Knowledge.Chat?.LastMessageId ?? 0));

    /// <inheritdoc cref="FeedKnowledge.Fill"/>
    public void Fill(CatchUpPage page) => _guard.Change(page, static (guard, read) => guard.Knowledge.Fill(read));

    /// <summary>Records that the chat is deleted. All of its streams end.</summary>
    public void MarkDeleted() => _guard.Change(0, static (guard, _) => guard.Knowledge.End());

    /// <inheritdoc cref="AnswerInFlight.Begin"/>
    public bool BeginGeneration(long generation, long token = 0, long firstSeq = 1) =>
        _guard.Change((generation, token, firstSeq), static (guard, of) =>
            guard.Knowledge.Begin(of.generation, of.token, of.firstSeq)
                ? (FeedChange.Answer, true)
                : (FeedChange.None, false));

    /// <summary>
    /// Adds a part to the answer in flight. Returns the answer's length so far in UTF-16 code units, or null if the
    /// generation is over or belongs to another worker.
    /// </summary>
    public int? AppendPart(long generation, MessagePart part, long token = 0) =>
        _guard.Change((generation, part, token), static (guard, of) =>
        {
            var (chars, isShown) = guard.Knowledge.Answer.Append(of.generation, of.part, of.token, guard.Now);
            return (isShown ? FeedChange.Answer : FeedChange.None, chars);
        });

    /// <summary>Shows the progress of a tool to subscribers here, unless its call is no longer pending.</summary>
    public void ShowProgress(long generation, string callId, string text) =>
        _guard.Change((generation, callId, text), static (guard, of) =>
            guard.Knowledge.ShowProgress(of.generation, of.callId, of.text, guard.Now));

    /// <summary>Adds parts that another replica has generated.</summary>
    public RelayOutcome AppendRelayed(RelayFrame frame) => _guard.Change(frame, static (guard, of) =>
    {
        var knowledge = guard.Knowledge;
        var (outcome, isShown) = knowledge.Answer.Take(of, knowledge.Chat, knowledge.IsDrivenElsewhere, guard.Now);
        return (isShown ? FeedChange.Answer : FeedChange.None, outcome);
    });

    /// <summary>
    /// Returns the next parts or tool progress for another replica, if there are any now. False if this replica no
    /// longer drives the chat.
    /// </summary>
    public bool LookForRelay(
        ref long generation, ref long seq, ref long progress, out RelayFrame? frame, out long revision)
    {
        (var isDriven, frame, revision, (generation, seq, progress)) = _guard.Change(
            (Generation: generation, Seq: seq, Progress: progress), static (guard, at) =>
            {
                var (knowledge, revision) = (guard.Knowledge, guard.Signal.Revision);
                if (!knowledge.IsDrivenHere)
                {
                    return (FeedChange.None, (false, (RelayFrame?)null, revision, at));
                }

                guard.Holds.Touch(guard.Now);
                var frame = knowledge.Answer.ReadForRelay(ref at.Generation, ref at.Seq, knowledge.Chat!.Version)
                    ?? knowledge.Answer.ReadProgressForRelay(ref at.Progress, knowledge.Chat);
                return (FeedChange.None, (true, frame, revision, at));
            });
        return isDriven;
    }

    /// <summary>The parts of the answer in flight so far, joined. Null if the generation is over.</summary>
    public IReadOnlyList<MessagePart>? TryGetParts(long generation) =>
        _guard.Read(
            guard => guard.Knowledge.Answer.Live is { } live && live.Generation == generation ? live.ToParts() : null);

    /// <inheritdoc cref="FeedKnowledge.TryGetHistory"/>
    public IReadOnlyList<Message>? TryGetHistory(int enoughMessages, int enoughBytes)
    {
        var events = _guard.Read(guard => guard.Knowledge.TryGetHistory(enoughMessages, enoughBytes));
        if (events is null)
        {
            return null;
        }

        _guard.Holds.Touch(_guard.Now);
        return [.. events.Select(message => message.ToMessage())];
    }

    /// <summary>
    /// Adds the next events for a subscriber and moves its cursor past them, or returns what must happen first.
    /// </summary>
    public FeedLook Look(SubscriberCursor cursor, List<StreamEvent> events)
    {
        var look = _guard.Change(
            (cursor, events), static (guard, reader) => LookLocked(guard, reader.cursor, reader.events));
        if (look.IsHit)
        {
            _guard.Host.Metrics.WindowHit();
        }
        else if (look is { Kind: FeedLookKind.Miss, Reason: not ReadReason.FullRefresh })
        {
            _guard.Host.Metrics.WindowMiss();
        }

        return look;
    }

    /// <summary>Adds a subscriber. While there are any, parts from other replicas are wanted here.</summary>
    public void Join(SubscriberCursor cursor) =>
        _guard.Change(cursor, static (guard, joining) => guard.Holds.Join(joining));

    /// <summary>
    /// Undoes <see cref="Join"/>. After the last one, a waiting relay must notice that no subscriber is left.
    /// </summary>
    public void Leave(SubscriberCursor cursor) =>
        _guard.Change(cursor, static (guard, leaving) => guard.Holds.Leave(leaving));

    /// <summary>Keeps the state complete while a caller loads and uses it.</summary>
    public void HoldState() => _guard.Change(0, static (guard, _) => guard.Holds.HoldState());

    /// <summary>Undoes a <see cref="HoldState()"/>.</summary>
    public void ReleaseState() => _guard.Change(0, static (guard, _) => guard.Holds.ReleaseState());

    /// <summary>What the feed holds at this moment. Does not count as use.</summary>
    public FeedReport Inspect(int maxCursors) => _guard.Read(guard =>
        FeedReport.Of(
            guard.Knowledge,
            guard.Holds,
            guard.CountedBytes,
            guard.Host.Time.GetElapsedTime(guard.Holds.LastUsed),
            maxCursors));

    /// <summary>Completes when the feed has changed since <see cref="Look"/>.</summary>
    public Task WaitAsync(long revision, CancellationToken cancellationToken) =>
        _guard.Signal.WaitAsync(revision, cancellationToken);

    /// <summary>Completes when the feed has changed, or when the patience is over.</summary>
    public Task WaitAsync(long revision, TimeSpan patience, CancellationToken cancellationToken) =>
        _guard.Signal.WaitAsync(revision, patience, _guard.Host.Time, cancellationToken);

    /// <summary>Keeps the feed from being removed. False if it is already removed and another must be used.</summary>
    public bool TryPin() => _guard.Change(0, static (guard, _) => (FeedChange.Held, guard.Holds.TryPin()));

    /// <summary>
    /// Undoes a <see cref="TryPin"/>. True if nothing is left to keep, because the chat is gone or never existed.
    /// </summary>
    public bool Unpin() => _guard.Change(0, static (guard, _) =>
        (FeedChange.Held, guard.Holds.Unpin() && guard.Knowledge.Phase == FeedPhase.Gone));

    /// <summary>
    /// Marks the feed as removed if nothing holds it and it has been unused since <paramref name="restedSince"/>.
    /// Decision and mark are atomic, so it cannot be pinned in between.
    /// </summary>
    public bool TryRemove(long restedSince) => _guard.Change(restedSince, static (guard, since) =>
        guard.Holds.TryRemove(since) ? (FeedChange.Removed, true) : (FeedChange.None, false));

    /// <summary>
    /// Frees what can be read again. False if there is nothing. This does not count as use: otherwise eviction would
    /// make the least recently used feeds the most recently used, and while memory is short no feed would ever become
    /// idle.
    /// </summary>
    public bool TryEvict() => _guard.Change(0, static (guard, _) =>
        !guard.Holds.IsRemoved && guard.Knowledge.TryEvict(guard.Holds.HoldsState)
            ? (FeedChange.Memory, true)
            : (FeedChange.None, false));

    /// <summary>Takes a new place in the line for eviction, if the feed has something to free.</summary>
    public void StandInLine() => _guard.Change(0, static (_, _) => FeedChange.Memory);

    private static (FeedChange Change, FeedLook Look) LookLocked(
        FeedGuard guard,
        SubscriberCursor cursor,
        List<StreamEvent> events)
    {
        var look = new FeedReader(guard.Knowledge).Look(cursor, events);
        cursor.PositionAtLook = cursor.Position;

        // What is loaded for this subscriber stays until it has looked again. Otherwise it could keep loading forever
        // while memory is short.
        var change = guard.Holds.HoldState(cursor, look.Kind == FeedLookKind.Unsynced);
        if (look.RaisesDoubt)
        {
            // The other subscribers wait for a change, and this is one: each looks at the feed, and one has the state
            // loaded.
            change |= guard.Knowledge.Doubt();
            cursor.Doubt = guard.Knowledge.Doubts;
        }

        if (look.Kind is FeedLookKind.Unsynced or FeedLookKind.Deleted)
        {
            return (change, look);
        }

        guard.Holds.Touch(guard.Now);
        return (change, look.Kind is FeedLookKind.Delivered ? look : look with { Revision = guard.Signal.Revision });
    }
}
