using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Feeds;

/// <summary>
/// What one replica has in memory of one chat. Publishers put things in, subscribers look with a cursor, and neither
/// waits
/// for the other. Thread-safe: one lock guards <see cref="FeedKnowledge"/> and <see cref="FeedHolds"/>, which do the
/// thinking. It is never held across I/O, a wake-up or a caller's code.
/// </summary>
/// <remarks>
/// Each operation takes the lock, makes one call, and has its effects: those on counts under the lock, all others
/// outside it.
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
    /// Orders the commits of this replica to the chat, so that they neither conflict nor publish out of turn.
    /// </summary>
    public SemaphoreSlim CommitGate { get; } = new(1, 1);

    /// <summary>When it was last looked at or published to: a timestamp of the host's clock.</summary>
    public long LastUsed => _holds.LastUsed;

    /// <summary>How often the feed has changed.</summary>
    public long Revision => _signal.Revision;

    /// <inheritdoc cref="FeedKnowledge.Present"/>
    public KnownChat? Present => Read(static feed => feed._knowledge.Present);

    /// <summary>True if a state is known and nothing is served from it until it is loaded.</summary>
    public bool IsInDoubt => Read(static feed => feed._knowledge.Phase) == FeedPhase.InDoubt;

    /// <summary>True if the chat is known to be gone or never to have been.</summary>
    public bool IsDeleted => Read(static feed => feed._knowledge.Phase) == FeedPhase.Gone;

    /// <summary>Whose chat, if that is known.</summary>
    public string? Owner => Read(static feed => feed._knowledge.Chat?.Owner);

    /// <inheritdoc cref="FeedKnowledge.LostEpoch"/>
    public long LostEpoch => Read(static feed => feed._knowledge.LostEpoch);

    /// <summary>
    /// Whose parts are wanted: there are subscribers here, and another replica drives the chat; else null.
    /// </summary>
    public RelayTarget? RelayTarget =>
        Read(static feed => feed._holds.Subscribers > 0 ? feed._knowledge.RelayTarget : null);

    private long Now => _host.Time.GetTimestamp();

    /// <summary>
    /// The chat's state, if the feed knows the present one and has not given parts of it back. Does not count as use.
    /// </summary>
    public Chat? TryGetChat() => Read(static feed => feed._knowledge.Whole);

    /// <summary>
    /// Takes in what has committed, in any order. The window is filled before the head is raised, and both before any
    /// subscriber is woken.
    /// </summary>
    public void Publish(Transition transition) => Change(transition, static (feed, committed) =>
        feed._knowledge.Take(committed.Next, committed.Appended, feed.Now, isRemote: false));

    /// <summary>
    /// Takes in what another replica committed, as <see cref="FeedKnowledge.TakeRemote"/> does; true if none of its
    /// messages need be read.
    /// </summary>
    public bool PublishRemote(Chat next, IReadOnlyList<Message> appended, TimeSpan age, bool lacksTools = false) =>
        Change((next, appended, age, lacksTools), static (feed, of) =>
        {
            var publishedAt = feed.Now - (long)(of.age.TotalSeconds * feed._host.Time.TimestampFrequency);
            var change = feed._knowledge.TakeRemote(of.next, of.appended, publishedAt, of.lacksTools);
            return (change, (change & FeedChange.Doubt) == 0 && feed._knowledge.HasAll(of.appended));
        });

    /// <summary>
    /// Says that commits may have happened that the feed did not see. Until its state is loaded it serves nothing as
    /// the present.
    /// </summary>
    public void MarkUnsynced() => Change(0, static (feed, _) => feed._knowledge.Doubt());

    /// <summary>
    /// Raises a doubt as <see cref="FeedKnowledge.DoubtBelow"/> does; true if a state was known that is not served now.
    /// </summary>
    public bool MarkUnsyncedBelow(long version, Guid commitId = default) =>
        Change((version, commitId), static (feed, of) =>
        {
            var change = feed._knowledge.DoubtBelow(of.version, of.commitId);
            return (change, change != 0 && feed._knowledge.State is not null);
        });

    /// <summary>Wakes the subscribers of a feed in doubt: each looks, and one has the state loaded.</summary>
    public void WakeIfInDoubt() => Change(0, static (feed, _) =>
        feed._knowledge.NeedsLoad && feed._holds.Subscribers > 0 ? FeedChange.Waiting : FeedChange.None);

    /// <inheritdoc cref="FeedKnowledge.BeginLoad"/>
    public FeedLoad BeginLoad() => Read(static feed => feed._knowledge.BeginLoad());

    /// <inheritdoc cref="FeedKnowledge.CompleteLoad"/>
    public void CompleteLoad(Chat? chat, FeedLoad load) =>
        Change((chat, load), static (feed, read) => feed._knowledge.CompleteLoad(read.chat, read.load));

    /// <inheritdoc cref="FeedKnowledge.Fill"/>
    public void Fill(CatchUpPage page) => Change(page, static (feed, read) => feed._knowledge.Fill(read));

    /// <summary>Says that the chat is gone. Every stream of it ends.</summary>
    public void MarkDeleted() => Change(0, static (feed, _) => feed._knowledge.End());

    /// <summary>Opens a generation for its parts; false if the chat has moved past it.</summary>
    public bool BeginGeneration(long generation) => Change(generation, static (feed, number) =>
        feed._knowledge.Begin(number) ? (FeedChange.Answer, true) : (FeedChange.None, false));

    /// <summary>
    /// Adds a part to the answer in flight; gives its length so far in UTF-16 code units, or null if that generation is
    /// over.
    /// </summary>
    public int? AppendPart(long generation, MessagePart part) => Change((generation, part), static (feed, of) =>
    {
        var (chars, isShown) = feed._knowledge.Answer.Append(of.generation, of.part, feed.Now);
        return (isShown ? FeedChange.Answer : FeedChange.None, chars);
    });

    /// <summary>
    /// Shows the progress of a tool to those who follow the chat here, unless its call is no longer pending.
    /// </summary>
    public void ShowProgress(long generation, string callId, string text) =>
        Change((generation, callId, text), static (feed, of) =>
            feed._knowledge.ShowProgress(of.generation, of.callId, of.text, feed.Now));

    /// <summary>Takes in parts that another replica has made.</summary>
    public RelayOutcome AppendRelayed(RelayFrame frame) => Change(frame, static (feed, of) =>
    {
        var knowledge = feed._knowledge;
        var (outcome, isShown) = knowledge.Answer.Take(of, knowledge.Chat, knowledge.IsDrivenElsewhere, feed.Now);
        return (isShown ? FeedChange.Answer : FeedChange.None, outcome);
    });

    /// <summary>
    /// The next parts, or progress of a tool, for another replica, or none now; false if this replica no longer drives
    /// the chat.
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

    /// <summary>The parts of the answer in flight so far, joined; null if that generation is over.</summary>
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
    /// Adds the events that come next for a subscriber, and moves its cursor past them; or says what stands in the way.
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

    /// <summary>Adds a subscriber. While there are any, parts that another replica makes are wanted here.</summary>
    public void Join(SubscriberCursor cursor) => Change(cursor, static (feed, joining) => feed._holds.Join(joining));

    /// <summary>
    /// Undoes <see cref="Join"/>. After the last one, a relay that waits has to see that no subscriber is left.
    /// </summary>
    public void Leave(SubscriberCursor cursor) => Change(cursor, static (feed, leaving) => feed._holds.Leave(leaving));

    /// <summary>Keeps the state whole while a caller loads and takes it.</summary>
    public void HoldState() => Change(0, static (feed, _) => feed._holds.HoldState());

    /// <summary>Undoes a <see cref="HoldState()"/>.</summary>
    public void ReleaseState() => Change(0, static (feed, _) => feed._holds.ReleaseState());

    /// <summary>What the feed holds at this moment. Does not count as use.</summary>
    public FeedReport Inspect(int maxCursors) => Read(feed =>
        FeedReport.Of(
            feed._knowledge, feed._holds, feed._place.Bytes, feed._host.Time.GetElapsedTime(feed.LastUsed), maxCursors));

    /// <summary>Completes when the feed is no longer as <see cref="Look"/> saw it.</summary>
    public Task WaitAsync(long revision, CancellationToken cancellationToken) =>
        _signal.WaitAsync(revision, cancellationToken);

    /// <summary>The same, but for so long at most.</summary>
    public Task WaitAsync(long revision, TimeSpan patience, CancellationToken cancellationToken) =>
        _signal.WaitAsync(revision, patience, _host.Time, cancellationToken);

    /// <summary>Keeps the feed from being removed; false if it is removed already and another must be taken.</summary>
    public bool TryPin() => Change(0, static (feed, _) => (FeedChange.Held, feed._holds.TryPin()));

    /// <summary>
    /// Undoes a <see cref="TryPin"/>; true if nothing is left to keep, because the chat is gone or never was.
    /// </summary>
    public bool Unpin() => Change(0, static (feed, _) =>
        (FeedChange.Held, feed._holds.Unpin() && feed._knowledge.Phase == FeedPhase.Gone));

    /// <summary>
    /// Marks the feed as removed if nothing holds it and it has rested since <paramref name="restedSince"/>. The
    /// decision and the mark are one, so it cannot be pinned in between.
    /// </summary>
    public bool TryRemove(long restedSince) => Change(restedSince, static (feed, since) =>
        feed._holds.TryRemove(since) ? (FeedChange.Removed, true) : (FeedChange.None, false));

    /// <summary>
    /// Gives back what can be read again; false if there is nothing. It is no use of the feed: else those used least
    /// would become those used last, and while memory is short no feed would ever grow old enough to go.
    /// </summary>
    public bool TryEvict() => Change(0, static (feed, _) =>
        !feed._holds.IsRemoved && feed._knowledge.TryEvict(feed._holds.HoldsState)
            ? (FeedChange.Memory, true)
            : (FeedChange.None, false));

    /// <summary>Takes a new place among those that give way, if there is something to give back.</summary>
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

        // The wake-up first: a subscriber need not wait until there is room in memory.
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
        _holds.Take(effects, Now);
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

        // What is loaded for this subscriber stays until it has looked again, else memory that is short could keep it
        // loading for ever.
        var change = _holds.HoldState(cursor, look.Kind == FeedLookKind.Unsynced);
        if (look.RaisesDoubt)
        {
            // The other subscribers wait for a change, and this is one: each looks, and one has the state loaded.
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
