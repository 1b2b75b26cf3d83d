using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>
/// The parts of an answer that is not committed yet, and the progress of the tools that run for it. Not thread-safe:
/// guarded by the feed's lock.
/// </summary>
internal sealed class AnswerInFlight(ChatId id)
{
    private ProgressEvents? _progress;
    private long _token;

    /// <summary>The parts. Null if no answer is in flight.</summary>
    public LiveGeneration? Live { get; private set; }

    /// <summary>The size in memory, in bytes.</summary>
    public long Bytes => (Live?.Bytes ?? 0L) + (_progress?.Bytes ?? 0L);

    /// <summary>Opens a generation for one worker. False if the chat has moved past it.</summary>
    /// <param name="chat">The state that is known here.</param>
    /// <param name="generation">The number of the generation.</param>
    /// <param name="token">
    /// The fencing token of the worker. A worker that lost its lease cannot add to its successor's parts.
    /// </param>
    /// <param name="firstSeq">
    /// The number of the worker's first part. Above 1 if an earlier worker has begun the generation: then the parts
    /// that are here stay until the answer says something else.
    /// </param>
    public bool Begin(Chat? chat, long generation, long token, long firstSeq)
    {
        if (chat is not { NeedsWorker: true } || chat.Generation != generation)
        {
            return false;
        }

        _token = token;
        if (firstSeq == 1 || Live?.Generation != generation)
        {
            Live = new LiveGeneration(id, chat.Epoch, chat.LastMessageId, generation);
        }

        if (firstSeq > 1)
        {
            Live.Continue(firstSeq);
        }

        return true;
    }

    /// <summary>
    /// Adds a part. Returns the answer's length so far in UTF-16 code units, or null if the generation is over, and
    /// whether there is something new to show.
    /// </summary>
    public (int? Chars, bool IsShown) Append(long generation, MessagePart part, long token, long now)
    {
        if (Live?.Generation != generation || _token != token)
        {
            return (null, false);
        }

        var isShown = Live.Append(part, now);
        return (Live.Chars, isShown);
    }

    /// <summary>True if the worker has already opened the generation here.</summary>
    public bool HasBegun(long generation, long token) => Live?.Generation == generation && _token == token;

    /// <summary>
    /// The worker has given all parts. Returns the answer. Null if the generation is over or belongs to another worker.
    /// </summary>
    public LiveGeneration? Complete(long generation, long token, long now)
    {
        if (!HasBegun(generation, token))
        {
            return null;
        }

        Live!.Complete(now);
        return Live;
    }

    /// <summary>
    /// Shows what is stored of an answer whose worker is gone. True if there is something new to show.
    /// </summary>
    /// <param name="chat">The state that is known here.</param>
    /// <param name="frames">The stored parts, in the order of their numbers.</param>
    /// <param name="now">A timestamp.</param>
    public bool Restore(Chat? chat, IReadOnlyList<RelayFrame> frames, long now)
    {
        if (chat is not { NeedsWorker: true, PendingToolCalls.Count: 0 })
        {
            return false;
        }

        var live = Live?.Generation == chat.Generation
            ? Live
            : new LiveGeneration(id, chat.Epoch, chat.LastMessageId, chat.Generation);
        var before = live.LastSeq;
        foreach (var frame in frames)
        {
            // After a missing part, the rest is of no use.
            if (frame.Generation != chat.Generation
                || frame.BaseMessageId != chat.LastMessageId
                || !live.TryTake(frame, now))
            {
                break;
            }
        }

        Live = live.LastSeq > 0 ? live : Live;
        return live.LastSeq != before;
    }

    /// <summary>
    /// The parts after a number for a checkpoint: whole frames, up to a number of bytes. A larger part and all after it
    /// are never stored.
    /// </summary>
    public IReadOnlyList<RelayFrame> ReadForCheckpoint(long seq, long version, long maxBytes)
    {
        var frames = new List<RelayFrame>();
        while (Live?.ReadForRelay(seq, version) is { } frame)
        {
            maxBytes -= (MessagePart.CharsOf(frame.Part) * sizeof(char)) + (frame.Lengths.Count * sizeof(int));
            if (maxBytes < 0)
            {
                break;
            }

            frames.Add(frame);
            seq = frame.LastSeq;
        }

        return frames;
    }

    /// <summary>Records the progress of a tool. False if its call is no longer pending.</summary>
    public bool ShowProgress(Chat? chat, long generation, string callId, string text, long now)
    {
        if (chat is not { NeedsWorker: true }
            || chat.PendingToolCalls.All(call => call.CallId != callId)
            || chat.OriginOfCalls.Generation != generation)
        {
            return false;
        }

        _progress ??= new ProgressEvents();
        _progress.Show(callId, StreamEvents.Progress(id, callId, text, now));
        return true;
    }

    /// <summary>Adds parts that another replica has generated.</summary>
    /// <param name="frame">The parts.</param>
    /// <param name="chat">The state that is known here.</param>
    /// <param name="isDrivenElsewhere">True if another replica drives the chat.</param>
    /// <param name="now">A timestamp.</param>
    /// <returns>The outcome, and whether there is something new to show.</returns>
    public (RelayOutcome Outcome, bool IsShown) Take(RelayFrame frame, Chat? chat, bool isDrivenElsewhere, long now)
    {
        if (chat is null || frame.Epoch > chat.Epoch
            || (frame.Epoch == chat.Epoch && frame.Generation > chat.Generation)
            || (frame.Epoch == chat.Epoch && frame.BaseMessageId > chat.LastMessageId))
        {
            return (RelayOutcome.Ahead, false);
        }

        if (frame.Progress is { } progress)
        {
            var isWanted = frame.Epoch == chat.Epoch && isDrivenElsewhere;
            var isShown = isWanted && ShowProgress(chat, frame.Generation, progress.CallId, progress.Text, now);
            return (RelayOutcome.Taken, isShown);
        }

        // If calls are pending, the answer they belong to has committed.
        var isOver = frame.Epoch < chat.Epoch
            || frame.Generation < chat.Generation
            || frame.BaseMessageId < chat.LastMessageId;
        if (isOver || !isDrivenElsewhere || chat.PendingToolCalls.Count > 0)
        {
            return (RelayOutcome.Taken, false);
        }

        if (Live?.Generation != frame.Generation)
        {
            if (frame is not ({ FirstSeq: 1 } or { After: 0 }))
            {
                return (RelayOutcome.Gap, false);
            }

            Live = new LiveGeneration(id, chat.Epoch, chat.LastMessageId, frame.Generation);
        }

        return Live.TryTake(frame, now) ? (RelayOutcome.Taken, true) : (RelayOutcome.Gap, false);
    }

    /// <summary>
    /// Returns the next parts for another replica and advances the place. Null if there are none at the moment.
    /// </summary>
    public RelayFrame? ReadForRelay(ref long generation, ref long seq, long version)
    {
        if (Live is null)
        {
            return null;
        }

        // The other replica may have parts that no longer count.
        var isOfThis = Live.Generation == generation && seq <= Live.LastSeq;
        (generation, seq) = (Live.Generation, isOfThis ? Live.Floor(seq) : 0);

        var frame = Live.ReadForRelay(seq, version);
        seq = frame?.LastSeq ?? seq;
        return frame;
    }

    /// <summary>
    /// Returns the next tool progress for another replica and advances the revision. Null if there is none at the
    /// moment.
    /// </summary>
    public RelayFrame? ReadProgressForRelay(ref long revision, Chat chat)
    {
        if (_progress?.NextAfter(ref revision) is not { } progress)
        {
            return null;
        }

        var generation = chat.OriginOfCalls.Generation;
        return new RelayFrame(chat.Version, chat.Epoch, chat.LastMessageId, generation, 1, [0], new TextPart(""))
        {
            Progress = progress,
        };
    }

    /// <summary>Adds the tool progress after a revision, and returns the newest revision.</summary>
    public long ReadProgressAfter(long seen, List<StreamEvent> events) => _progress?.ReadAfter(seen, events) ?? 0;

    /// <summary>Drops what a new state has ended.</summary>
    public void Follow(Chat next)
    {
        _progress?.Keep(next.NeedsWorker ? next.PendingToolCalls : []);

        // Parts are in flight only while a worker drives the generation and its answer is not committed. Pending tool
        // calls mean that it is committed.
        var isDriven = next is { NeedsWorker: true, Lease: not null, PendingToolCalls.Count: 0 };
        Live = isDriven && Live?.Generation >= next.Generation ? Live : null;
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        Live = null;
        _progress?.Keep([]);
    }
}
