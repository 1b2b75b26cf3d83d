using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Feeds;

/// <summary>
/// What one replica holds in memory of one chat. Publishers add to it, subscribers read it with a cursor, and neither
/// waits for the other. Thread-safe: one lock guards <see cref="FeedKnowledge"/> and <see cref="FeedHolds"/>, which
/// contain the logic. It is never held across I/O, a wake-up or a caller's code.
/// </summary>
/// <remarks>
/// Each operation takes the lock, makes one call, and carries out its effects: those on counts under the lock, all
/// others outside it.
/// </remarks>
internal sealed class Feed
{
    private readonly object _gate = new();
    private readonly IFeedHost _host;
    private readonly HeadSignal _signal = new();

    // Guarded by _gate.
    private readonly FeedKnowledge _knowledge;
    private readonly FeedHolds _holds;
    private readonly FeedPlace _place;

    public Feed(ChatId id, IFeedHost host, FeedOptions options)
    {
        Id = id;
        _host = host;
        _knowledge = new FeedKnowledge(id, host.Replica, options);
        _holds = new FeedHolds(host.Time.GetTimestamp());
        _place = new FeedPlace(this);
    }

    public ChatId Id { get; }

    /// <summary>
    /// Serialises this replica's commits to the chat, so that they neither conflict nor publish out of order.
    /// </summary>
    public SemaphoreSlim CommitGate { get; } = new(1, 1);

    /// <summary>When the feed was last read or published to: a timestamp of the host's clock.</summary>
    public long LastUsed => _holds.LastUsed;

    /// <summary>How often the feed has changed.</summary>
    public long Revision => _signal.Revision;

    /// <inheritdoc cref="FeedKnowledge.Present"/>
    public KnownChat? Present => Read(static feed => feed._knowledge.Present);

    /// <summary>True if a state is known but is not served until it is loaded.</summary>
    public bool IsInDoubt => Read(static feed => feed._knowledge.Phase) == FeedPhase.InDoubt;

    /// <summary>True if the chat is known to be deleted or never to have existed.</summary>
    public bool IsDeleted => Read(static feed => feed._knowledge.Phase) == FeedPhase.Gone;

    /// <summary>The owner of the chat, if known.</summary>
    public string? Owner => Read(static feed => feed._knowledge.Chat?.Owner);

    /// <inheritdoc cref="FeedKnowledge.LostEpoch"/>
    public long LostEpoch => Read(static feed => feed._knowledge.LostEpoch);

    /// <summary>
    /// Which parts are wanted. Null unless there are subscribers here and another replica drives the chat.
    /// </summary>
    public RelayTarget? RelayTarget =>
        Read(static feed => feed._holds.Subscribers > 0 ? feed._knowledge.RelayTarget : null);

    private long Now => _host.Time.GetTimestamp();

    /// <summary>
    /// The chat's state, if the feed knows the current one and has not freed parts of it. Does not count as use.
    /// </summary>
    public Chat? TryGetChat() => Read(static feed => feed._knowledge.Whole);

    /// <summary>
    /// Adds a commit, in any order. The window is filled before the head is raised, and both before any subscriber is
    /// woken.
    /// </summary>
    public void Publish(Transition transition) => Change(transition, static (feed, committed) =>
        feed._knowledge.Take(committed.Next, committed.Appended, feed.Now, isRemote: false));

    /// <summary>
    /// Adds another replica's commit, as <see cref="FeedKnowledge.TakeRemote"/> does. True if none of its messages must
    /// be read.
    /// </summary>
    public bool PublishRemote(Chat next, IReadOnlyList<Message> appended, TimeSpan age, bool lacksTools = false) =>
        Change((next, appended, age, lacksTools), static (feed, of) =>
        {
            var publishedAt = feed.Now - (long)(of.age.TotalSeconds * feed._host.Time.TimestampFrequency);
            var change = feed._knowledge.TakeRemote(of.next, of.appended, publishedAt, of.lacksTools);
            return (change, (change & FeedChange.Doubt) == 0 && feed._knowledge.HasAll(of.appended));
        });

    /// <summary>
    /// Records that the feed may have missed commits. Until its state is loaded, it serves nothing as current.
    /// </summary>
    public void MarkUnsynced() => Change(0, static (feed, _) => feed._knowledge.Doubt());

    /// <summary>
    /// Raises a doubt as <see cref="FeedKnowledge.DoubtBelow"/> does. True if a known state is then no longer served.
    /// </summary>
    public bool MarkUnsyncedBelow(long version, Guid commitId = default) =>
        Change((version, commitId), static (feed, of) =>
        {
            var change = feed._knowledge.DoubtBelow(of.version, of.commitId);
            return (change, change != 0 && feed._knowledge.State is not null);
        });

    /// <summary>
    /// Wakes the subscribers of a feed in doubt: each looks at the feed, and one has the state loaded.
    /// </summary>
    public void WakeIfInDoubt() => Change(0, static (feed, _) =>
        feed._knowledge.NeedsLoad && feed._holds.Subscribers > 0 ? FeedChange.Waiting : FeedChange.None);

    /// <inheritdoc cref="FeedKnowledge.BeginLoad"/>
    public FeedLoad BeginLoad() => Read(static feed => feed._knowledge.BeginLoad());

    /// <inheritdoc cref="FeedKnowledge.CompleteLoad"/>
    public void CompleteLoad(Chat? chat, FeedLoad load) =>
        Change((chat, load), static (feed, read) => feed._knowledge.CompleteLoad(read.chat, read.load));

    /// <inheritdoc cref="FeedKnowledge.Fill"/>
    public void Fill(CatchUpPage page) => Change(page, static (feed, read) => feed._knowledge.Fill(read));

    /// <summary>Records that the chat is deleted. All of its streams end.</summary>
    public void MarkDeleted() => Change(0, static (feed, _) => feed._knowledge.End());

    /// <summary>Opens a generation for its parts. False if the chat has moved past it.</summary>
    public bool BeginGeneration(long generation) => Change(generation, static (feed, number) =>
        feed._knowledge.Begin(number) ? (FeedChange.Answer, true) : (FeedChange.None, false));

    /// <summary>
    /// Adds a part to the answer in flight. Returns the answer's length so far in UTF-16 code units, or null if the
    /// generation is over.
    /// </summary>
    public int? AppendPart(long generation, MessagePart part) => Change((generation, part), static (feed, of) =>
    {
        var (chars, isShown) = feed._knowledge.Answer.Append(of.generation, of.part, feed.Now);
        return (isShown ? FeedChange.Answer : FeedChange.None, chars);
    });

    /// <summary>Shows the progress of a tool to subscribers here, unless its call is no longer pending.</summary>
    public void ShowProgress(long generation, string callId, string text) =>
        Change((generation, callId, text), static (feed, of) =>
            feed._knowledge.ShowProgress(of.generation, of.callId, of.text, feed.Now));

    /// <summary>Adds parts that another replica has generated.</summary>
    public RelayOutcome AppendRelayed(RelayFrame frame) => Change(frame, static (feed, of) =>
    {
        var knowledge = feed._knowledge;
        var (outcome, isShown) = knowledge.Answer.Take(of, knowledge.Chat, knowledge.IsDrivenElsewhere, feed.Now);
        return (isShown ? FeedChange.Answer : FeedChange.None, outcome);
    });

    /// <summary>
    /// Returns the next parts or tool progress for another replica, if there are any now. False if this replica no
    /// longer drives the chat.
    /// </summary>
    public bool LookForRelay(
        ref long generation, ref long seq, ref long progress, out RelayFrame? frame, out long revision)
    {
        lock (_gate)
        {
            revision = _signal.Revision;
            frame = null;
            if (!_knowledge.IsDrivenHere)
            {
                return false;
            }

            _holds.Touch(Now);
            frame = _knowledge.Answer.ReadForRelay(ref generation, ref seq, _knowledge.Chat!.Version)
                ?? _knowledge.Answer.ReadProgressForRelay(ref progress, _knowledge.Chat);
            return true;
        }
    }

    /// <summary>The parts of the answer in flight so far, joined. Null if the generation is over.</summary>
    public IReadOnlyList<MessagePart>? TryGetParts(long generation) =>
        Read(feed => feed._knowledge.Answer.Live is { } live && live.Generation == generation ? live.ToParts() : null);

    /// <inheritdoc cref="FeedKnowledge.TryGetHistory"/>
    public IReadOnlyList<Message>? TryGetHistory(int enoughMessages, int enoughBytes)
    {
        var events = Read(feed => feed._knowledge.TryGetHistory(enoughMessages, enoughBytes));
        if (events is null)
        {
            return null;
        }

        _holds.Touch(Now);
        return [.. events.Select(message => message.ToMessage())];
    }

    /// <summary>
    /// Adds the next events for a subscriber and moves its cursor past them, or returns what must happen first.
    /// </summary>
    public FeedLook Look(SubscriberCursor cursor, List<StreamEvent> events)
    {
        var look = Change((cursor, events), static (feed, reader) => feed.LookLocked(reader.cursor, reader.events));
        if (look.IsHit)
        {
            _host.Metrics.WindowHit();
        }
        else if (look is { Kind: FeedLookKind.Miss, Reason: not ReadReason.FullRefresh })
        {
            _host.Metrics.WindowMiss();
        }

        return look;
    }

    /// <summary>Adds a subscriber. While there are any, parts from other replicas are wanted here.</summary>
    public void Join(SubscriberCursor cursor) => Change(cursor, static (feed, joining) => feed._holds.Join(joining));

    /// <summary>
    /// Undoes <see cref="Join"/>. After the last one, a waiting relay must notice that no subscriber is left.
    /// </summary>
    public void Leave(SubscriberCursor cursor) => Change(cursor, static (feed, leaving) => feed._holds.Leave(leaving));

    /// <summary>Keeps the state complete while a caller loads and uses it.</summary>
    public void HoldState() => Change(0, static (feed, _) => feed._holds.HoldState());

    /// <summary>Undoes a <see cref="HoldState()"/>.</summary>
    public void ReleaseState() => Change(0, static (feed, _) => feed._holds.ReleaseState());

    /// <summary>What the feed holds at this moment. Does not count as use.</summary>
    public FeedReport Inspect(int maxCursors) => Read(feed =>
        FeedReport.Of(
            feed._knowledge,
            feed._holds,
            feed._place.Bytes,
            feed._host.Time.GetElapsedTime(feed.LastUsed),
            maxCursors));

    /// <summary>Completes when the feed has changed since <see cref="Look"/>.</summary>
    public Task WaitAsync(long revision, CancellationToken cancellationToken) =>
        _signal.WaitAsync(revision, cancellationToken);

    /// <summary>Completes when the feed has changed, or when the patience is over.</summary>
    public Task WaitAsync(long revision, TimeSpan patience, CancellationToken cancellationToken) =>
        _signal.WaitAsync(revision, patience, _host.Time, cancellationToken);

    /// <summary>Keeps the feed from being removed. False if it is already removed and another must be used.</summary>
    public bool TryPin() => Change(0, static (feed, _) => (FeedChange.Held, feed._holds.TryPin()));

    /// <summary>
    /// Undoes a <see cref="TryPin"/>. True if nothing is left to keep, because the chat is gone or never existed.
    /// </summary>
    public bool Unpin() => Change(0, static (feed, _) =>
        (FeedChange.Held, feed._holds.Unpin() && feed._knowledge.Phase == FeedPhase.Gone));

    /// <summary>
    /// Marks the feed as removed if nothing holds it and it has been unused since <paramref name="restedSince"/>.
    /// Decision and mark are atomic, so it cannot be pinned in between.
    /// </summary>
    public bool TryRemove(long restedSince) => Change(restedSince, static (feed, since) =>
        feed._holds.TryRemove(since) ? (FeedChange.Removed, true) : (FeedChange.None, false));

    /// <summary>
    /// Frees what can be read again. False if there is nothing. This does not count as use: otherwise eviction would
    /// make the least recently used feeds the most recently used, and while memory is short no feed would ever become
    /// idle.
    /// </summary>
    public bool TryEvict() => Change(0, static (feed, _) =>
        !feed._holds.IsRemoved && feed._knowledge.TryEvict(feed._holds.HoldsState)
            ? (FeedChange.Memory, true)
            : (FeedChange.None, false));

    /// <summary>Takes a new place in the line for eviction, if the feed has something to free.</summary>
    public void StandInLine() => Change(0, static (_, _) => FeedChange.Memory);

    private T Read<T>(Func<Feed, T> look)
    {
        lock (_gate)
        {
            return look(this);
        }
    }

    private void Change<T>(T with, Func<Feed, T, FeedChange> operation) =>
        Change((with, operation), static (feed, of) => (of.operation(feed, of.with), 0));

    private TResult Change<T, TResult>(T with, Func<Feed, T, (FeedChange Change, TResult Result)> operation)
    {
        FeedEffects effects;
        TResult result;
        lock (_gate)
        {
            (var change, result) = operation(this, with);
            effects = change.Effects();
            CountLocked(effects);
        }

        // Wake first: a subscriber need not wait until memory is freed.
        if (effects.Has(FeedEffects.Wake))
        {
            _signal.Raise();
        }

        if (effects.Has(FeedEffects.EnforceBudget))
        {
            _host.EnforceBudget();
        }

        if (effects.Has(FeedEffects.AskForRelay) && RelayTarget is not null)
        {
            _host.AskForRelay(this);
        }

        return result;
    }

    private void CountLocked(FeedEffects effects)
    {
        // The clock is read only for a use: most looks have been counted as one already.
        if (effects.Has(FeedEffects.Touch))
        {
            _holds.Touch(Now);
        }

        if (effects.Has(FeedEffects.VoidCursors))
        {
            _holds.VoidCursors();
        }

        if (effects.Has(FeedEffects.Release))
        {
            _host.Budget.Release(_place);
        }
        else if (effects.Has(FeedEffects.CountMemory) && !_holds.IsRemoved)
        {
            var (bytes, freeable) = _holds.Measure(_knowledge);
            _place.Count(_host.Budget, _knowledge.Chat?.Owner, bytes, freeable);
        }
    }

    private (FeedChange Change, FeedLook Look) LookLocked(SubscriberCursor cursor, List<StreamEvent> events)
    {
        var look = new FeedReader(_knowledge).Look(cursor, events);
        cursor.PositionAtLook = cursor.Position;

        // What is loaded for this subscriber stays until it has looked again. Otherwise it could keep loading forever
        // while memory is short.
        var change = _holds.HoldState(cursor, look.Kind == FeedLookKind.Unsynced);
        if (look.RaisesDoubt)
        {
            // The other subscribers wait for a change, and this is one: each looks at the feed, and one has the state
            // loaded.
            change |= _knowledge.Doubt();
            cursor.Doubt = _knowledge.Doubts;
        }

        if (look.Kind is FeedLookKind.Unsynced or FeedLookKind.Deleted)
        {
            return (change, look);
        }

        _holds.Touch(Now);
        return (change, look.Kind is FeedLookKind.Delivered ? look : look with { Revision = _signal.Revision });
    }
}
