using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Feeds;

/// <summary>
/// The reading side of a feed: finds the next events for a subscriber. It moves the cursor and changes nothing else.
/// Needs the feed's lock.
/// </summary>
/// <remarks>
/// The steps: (1) compare the subscriber's position with what is known; (2) restart if the history was rewritten; (3)
/// read messages up to the head; (4) at the head, read the rest of the state and the answer in flight.
/// </remarks>
internal readonly ref struct FeedReader(FeedKnowledge knowledge)
{
    private const int MaxEventsPerLook = 64;
    private const int MaxBytesPerLook = 256 * 1024;

    /// <summary>Adds the next events and moves the cursor past them, or returns what must happen first.</summary>
    public FeedLook Look(SubscriberCursor cursor, List<StreamEvent> events)
    {
        // (1)
        if (knowledge.Phase == FeedPhase.Gone)
        {
            return new FeedLook(FeedLookKind.Deleted);
        }

        if (knowledge.Phase != FeedPhase.Present)
        {
            return new FeedLook(FeedLookKind.Unsynced);
        }

        var (chat, state) = (knowledge.Chat!, knowledge.State!.Events);
        if (!cursor.IsVoid && RaisesDoubt(cursor, chat))
        {
            return new FeedLook(FeedLookKind.Unsynced, RaisesDoubt: true);
        }

        if (state.Lacks(cursor.SeenState))
        {
            return new FeedLook(FeedLookKind.Unsynced);
        }

        // (2)
        RestartIfVoid(cursor, events);
        RestartIfRewritten(cursor, events);
        if (cursor.SeenStatus == 0)
        {
            AddStatus(state, cursor, events);
        }

        // (3)
        if (cursor.Position.MessageId < chat.LastMessageId)
        {
            var read = AddMessages(cursor, events);
            return events.Count > 0 ? read with { Kind = FeedLookKind.Delivered } : read;
        }

        // (4)
        AddStateAtHead(state, cursor, events);
        AddParts(cursor, events);
        return new FeedLook(events.Count > 0 ? FeedLookKind.Delivered : FeedLookKind.Idle);
    }

    /// <summary>
    /// A subscriber ahead of the feed was shown more by another replica, whose commit has not arrived here. Or its
    /// position belongs to a history that no longer exists, e.g. after a backup was restored. Only the database knows,
    /// so each position is checked once.
    /// </summary>
    private static bool RaisesDoubt(SubscriberCursor cursor, Chat chat)
    {
        var position = cursor.Position;
        var isOfThisEpoch = position.Epoch == chat.Epoch || position.Epoch == 0;
        var isAhead = position.Epoch > chat.Epoch || (isOfThisEpoch && position.MessageId > chat.LastMessageId);
        cursor.Doubt = isAhead ? cursor.Doubt : 0;
        return isAhead && cursor.Doubt == 0;
    }

    private void RestartIfVoid(SubscriberCursor cursor, List<StreamEvent> events)
    {
        if (!cursor.IsVoid)
        {
            return;
        }

        cursor.IsVoid = false;
        cursor.SeenStatus = 0;
        cursor.SeenState = 0;
        if (cursor.Position != default)
        {
            Restart(cursor, events);
        }
    }

    private void RestartIfRewritten(SubscriberCursor cursor, List<StreamEvent> events)
    {
        var chat = knowledge.Chat!;
        var position = cursor.Position;
        if (position.Epoch == 0)
        {
            cursor.Position = position = position with { Epoch = chat.Epoch };
        }

        // A position ahead of a feed that was just loaded belongs to a history that no longer exists.
        if (position.Epoch != chat.Epoch || position.MessageId > chat.LastMessageId)
        {
            Restart(cursor, events);
        }
    }

    private void Restart(SubscriberCursor cursor, List<StreamEvent> events)
    {
        events.Add(StreamEvents.HistoryReset(knowledge.Id, knowledge.Chat!.Epoch));
        cursor.Restart(knowledge.Chat.Epoch);
    }

    private static void AddStatus(StateEvents state, SubscriberCursor cursor, List<StreamEvent> events)
    {
        if (state.Status.Version > cursor.SeenStatus)
        {
            events.Add(state.Status.Event);
            cursor.SeenStatus = state.Status.Version;
        }
    }

    private FeedLook AddMessages(SubscriberCursor cursor, List<StreamEvent> events)
    {
        var window = knowledge.Window;
        var from = cursor.Position.MessageId;
        if (!window.Covers(from, knowledge.Chat!.LastMessageId))
        {
            return Miss(cursor);
        }

        var (index, bytes) = (window.IndexAfter(from), 0);
        while (index < window.Count && events.Count < MaxEventsPerLook && bytes < MaxBytesPerLook)
        {
            var message = window[index++];
            if (!cursor.TryDeliver(message, knowledge.Id, events))
            {
                // The cursor is at a message that an edit removed.
                Restart(cursor, events);
                break;
            }

            bytes += message.Frame.Length;
        }

        return new FeedLook(FeedLookKind.Delivered, IsHit: true);
    }

    private FeedLook Miss(SubscriberCursor cursor)
    {
        var window = knowledge.Window;
        var from = cursor.Position.MessageId;
        var reason = cursor.Initial ? ReadReason.Initial
            : from == 0 ? ReadReason.FullRefresh
            : window.Tail < knowledge.LastRemoteId ? ReadReason.RemoteCatchUp
            : ReadReason.CatchUp;

        // What the window lacks at its end serves every subscriber near the head, so the read starts there and not at
        // this cursor.
        var messages = knowledge.Options.WindowMessages;
        var lacksOnlyTheEnd = messages > 0 && from >= window.Floor && from - window.Tail <= messages;
        return new FeedLook(
            FeedLookKind.Miss,
            CatchUp: new CatchUpKey(knowledge.Chat!.Epoch, lacksOnlyTheEnd ? window.Tail : from),
            Reason: reason,
            MayComeInline: knowledge.MayComeInline && !cursor.Initial);
    }

    private void AddStateAtHead(StateEvents state, SubscriberCursor cursor, List<StreamEvent> events)
    {
        cursor.Initial = false;
        AddStatus(state, cursor, events);
        state.AddChangesAfter(cursor.SeenState, events);
        cursor.SeenState = knowledge.Chat!.Version;
        cursor.SeenProgress = knowledge.Answer.ReadProgressAfter(cursor.SeenProgress, events);
    }

    private void AddParts(SubscriberCursor cursor, List<StreamEvent> events)
    {
        var live = knowledge.Answer.Live;
        var position = cursor.Position;
        if (position.Seq > 0 && !(live?.Generation == position.Generation && live.Has(position.Seq)))
        {
            if (IsAwaited(position, live))
            {
                return;
            }

            position = position with { Generation = live?.Generation ?? position.Generation, Seq = 0 };
            cursor.Position = position;
            events.Add(StreamEvents.PreviewReset(knowledge.Id, position));
        }

        if (live is not null)
        {
            var seq = live.Generation == position.Generation ? position.Seq : 0;
            seq = live.ReadAfter(seq, events, MaxEventsPerLook);
            cursor.Position = position with { Generation = live.Generation, Seq = seq };
        }
    }

    /// <summary>
    /// True if the parts that the subscriber has shown may still count: they are on their way from the replica that
    /// generates them, or the worker that takes the chat over has not shown its first part yet.
    /// </summary>
    private bool IsAwaited(Position position, LiveGeneration? live)
    {
        var chat = knowledge.Chat!;
        return position.Generation == chat.Generation
            && (live is null || (live.Generation == position.Generation && position.Seq > live.LastSeq))
            && (knowledge.IsDrivenElsewhere
                || (live is null or { LastSeq: 0 } && chat is { NeedsWorker: true, PendingToolCalls.Count: 0 }));
    }
}
