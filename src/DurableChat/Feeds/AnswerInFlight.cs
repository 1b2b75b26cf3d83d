using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>
/// The parts of an answer that has not committed, and the progress of the tools that run for it. Not thread-safe: the
/// feed's lock guards it.
/// </summary>
internal sealed class AnswerInFlight(ChatId id)
{
    private ProgressEvents? _progress;

    /// <summary>The parts; null if no answer is in flight.</summary>
    public LiveGeneration? Live { get; private set; }

    /// <summary>What it takes in memory, in bytes.</summary>
    public long Bytes => (Live?.Bytes ?? 0L) + (_progress?.Bytes ?? 0L);

    /// <summary>Opens a generation; false if the chat has moved past it.</summary>
    public bool Begin(Chat? chat, long generation)
    {
        if (chat is not { NeedsWorker: true } || chat.Generation != generation)
        {
            return false;
        }

        Live = new LiveGeneration(id, chat.Epoch, chat.LastMessageId, generation);
        return true;
    }

    /// <summary>
    /// Adds a part. Gives the answer's length so far in UTF-16 code units, or null if that generation is over, and
    /// whether there is something new to show.
    /// </summary>
    public (int? Chars, bool IsShown) Append(long generation, MessagePart part, long now)
    {
        if (Live?.Generation != generation)
        {
            return (null, false);
        }

        var isShown = Live.Append(part, now);
        return (Live.Chars, isShown);
    }

    /// <summary>Takes the progress of a tool; false if its call is no longer pending.</summary>
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

    /// <summary>Takes parts that another replica has made.</summary>
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

        // Pending calls: the answer they belong to has committed.
        var isOver = frame.Epoch < chat.Epoch
            || frame.Generation < chat.Generation
            || frame.BaseMessageId < chat.LastMessageId;
        if (isOver || !isDrivenElsewhere || chat.PendingToolCalls.Count > 0)
        {
            return (RelayOutcome.Taken, false);
        }

        if (Live?.Generation != frame.Generation)
        {
            if (frame.FirstSeq != 1)
            {
                return (RelayOutcome.Gap, false);
            }

            Live = new LiveGeneration(id, chat.Epoch, chat.LastMessageId, frame.Generation);
        }

        return Live.TryTake(frame, now) ? (RelayOutcome.Taken, true) : (RelayOutcome.Gap, false);
    }

    /// <summary>
    /// The next parts for another replica, and moves the place; null if there are none at the moment.
    /// </summary>
    public RelayFrame? ReadForRelay(ref long generation, ref long seq, long version)
    {
        if (Live is null)
        {
            return null;
        }

        if (Live.Generation != generation || seq > Live.LastSeq)
        {
            generation = Live.Generation;
            seq = 0;
        }

        var frame = Live.ReadForRelay(seq, version);
        seq = frame?.LastSeq ?? seq;
        return frame;
    }

    /// <summary>
    /// The next progress of a tool for another replica, and moves the revision; null if there is none at the moment.
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

    /// <summary>Adds the progress of tools after a revision, and gives the newest revision.</summary>
    public long ReadProgressAfter(long seen, List<StreamEvent> events) => _progress?.ReadAfter(seen, events) ?? 0;

    /// <summary>Drops what a new state has ended.</summary>
    public void Follow(Chat next)
    {
        _progress?.Keep(next.NeedsWorker ? next.PendingToolCalls : []);

        // Parts are in flight only while a worker drives the generation and its answer has not committed. It has while
        // its tool calls are pending.
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
