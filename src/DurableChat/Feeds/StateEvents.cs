using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>
/// The events that show a chat's current state. They are not a log: a subscriber gets the newest of each kind that it
/// has not seen. Each is created once, when its content has changed, and carries the version of that change. Immutable.
/// </summary>
internal sealed class StateEvents
{
    /// <summary>Replaces an event that has been freed.</summary>
    private static readonly StreamEvent _gone = new(StreamEventType.QueueUpdate, null, [], publishedAt: 0);

    private StateEvents(Dated status, Dated queue, Dated? retry, Dated? error, Dated? action)
    {
        Status = status;
        Queue = queue;
        Retry = retry;
        Error = error;
        Action = action;
    }

    public Dated Status { get; }

    public Dated Queue { get; }

    private Dated? Retry { get; }

    private Dated? Error { get; }

    private Dated? Action { get; }

    /// <summary>
    /// True if the events of queue and pending calls have been freed, so that only their versions are known.
    /// </summary>
    public bool IsSlim => ReferenceEquals(Queue.Event, _gone);

    /// <summary>The size of the events of queue and pending calls, in bytes.</summary>
    public int BulkBytes => IsSlim ? 0 : Queue.Event.Bytes + (Action?.Event.Bytes ?? 0);

    /// <summary>The total size in memory, in bytes.</summary>
    public int Bytes => Status.Event.Bytes
        + Queue.Event.Bytes
        + (Retry?.Event.Bytes ?? 0)
        + (Error?.Event.Bytes ?? 0)
        + (Action?.Event.Bytes ?? 0);

    /// <summary>Creates the events of a state. Reuses events of the previous state that are still valid.</summary>
    public static StateEvents Of(Chat chat, Chat? before, StateEvents? earlier, long publishedAt)
    {
        // If versions were skipped, as with notifications from other replicas, a whole turn may lie between two equal
        // statuses. A subscriber that waits for its end must see a status event.
        var status = earlier is not null
            && before is not null
            && chat.Version == before.Version + 1
            && SameStatus(chat, before)
            ? earlier.Status
            : new Dated(chat.Version, StreamEvents.Status(chat, publishedAt));
        var queue = earlier is { IsSlim: false } && before is not null && chat.Queue.SequenceEqual(before.Queue)
            ? earlier.Queue
            : new Dated(chat.Version, StreamEvents.Queue(chat, publishedAt));
        return new StateEvents(
            status,
            queue,
            Keep(
                chat.Retry,
                before?.Retry,
                earlier?.Retry,
                retry => StreamEvents.Retry(chat, retry, publishedAt),
                chat.Version),
            Keep(
                chat.Error,
                before?.Error,
                earlier?.Error,
                error => StreamEvents.Error(chat.Id, chat.Version, error, publishedAt),
                chat.Version),
            Keep(
                chat.Status == ChatStatus.RequiresAction ? chat.PendingToolCalls : null,
                before?.Status == ChatStatus.RequiresAction ? before.PendingToolCalls : null,
                earlier is { IsSlim: false } ? earlier.Action : null,
                _ => StreamEvents.ActionRequired(chat, publishedAt),
                chat.Version));
    }

    /// <summary>These events without those that may be large.</summary>
    public StateEvents WithoutBulk() =>
        new(
            Status,
            Queue with { Event = _gone },
            Retry,
            Error,
            Action is { } action ? action with { Event = _gone } : null);

    /// <summary>These events with those that were freed, created again from the same state.</summary>
    public StateEvents WithBulkOf(Chat chat) => new(
        Status,
        Queue with { Event = StreamEvents.Queue(chat, publishedAt: 0) },
        Retry,
        Error,
        Action is { } action ? action with { Event = StreamEvents.ActionRequired(chat, publishedAt: 0) } : null);

    /// <summary>
    /// True if a subscriber that has seen the state up to a version needs an event that has been freed.
    /// </summary>
    public bool Lacks(long seenState) => IsSlim && (Queue.Version > seenState || Action?.Version > seenState);

    /// <summary>Adds what has changed after <paramref name="seenState"/>, without the status.</summary>
    public void AddChangesAfter(long seenState, List<StreamEvent> events)
    {
        AddIfNewer(Retry, seenState, events);
        AddIfNewer(Error, seenState, events);
        AddIfNewer(Action, seenState, events);
        AddIfNewer(Queue, seenState, events);
    }

    private static bool SameStatus(Chat a, Chat b) =>
        a.Status == b.Status && a.Title == b.Title && a.CurrentModel == b.CurrentModel && a.Archived == b.Archived
        && a.Fallback?.Model == b.Fallback?.Model && GenerationSettings.AreSame(a.Settings, b.Settings);

    private static Dated? Keep<T>(T? now, T? before, Dated? earlier, Func<T, StreamEvent> make, long version)
        where T : class =>
        now is null ? null
        : earlier is not null && Equals(now, before) ? earlier
        : new Dated(version, make(now));

    private static void AddIfNewer(Dated? dated, long seen, List<StreamEvent> events)
    {
        if (dated is { } known && known.Version > seen)
        {
            events.Add(known.Event);
        }
    }

    internal readonly record struct Dated(long Version, StreamEvent Event);
}
