using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>
/// The events that tell a chat's present state. They are not a log: a subscriber gets the newest of each kind that it
/// has not seen. Each is made once, when
/// what it says has changed, and carries the version at which it did. Immutable.
/// </summary>
internal sealed class StateEvents
{
    /// <summary>Stands where an event was that has been given back.</summary>
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
    /// True if the events of queue and pending calls have been given back: only their versions are known.
    /// </summary>
    public bool IsSlim => ReferenceEquals(Queue.Event, _gone);

    /// <summary>What the events of queue and pending calls take, in bytes.</summary>
    public int BulkBytes => IsSlim ? 0 : Queue.Event.Bytes + (Action?.Event.Bytes ?? 0);

    /// <summary>What takes memory here, in bytes.</summary>
    public int Bytes => Status.Event.Bytes + Queue.Event.Bytes + (Retry?.Event.Bytes ?? 0) + (Error?.Event.Bytes ?? 0) + (Action?.Event.Bytes ?? 0);

    /// <summary>The events of a state, reusing those of the state before where they still hold.</summary>
    public static StateEvents Of(Chat chat, Chat? before, StateEvents? earlier, long publishedAt)
    {
        // Where versions were skipped, as news from other replicas may be, a whole turn may lie between two equal
        // statuses. Who waits for its end must see one.
        var status = earlier is not null && before is not null && chat.Version == before.Version + 1 && SameStatus(chat, before)
            ? earlier.Status
            : new Dated(chat.Version, StreamEvents.Status(chat, publishedAt));
        var queue = earlier is { IsSlim: false } && before is not null && chat.Queue.SequenceEqual(before.Queue)
            ? earlier.Queue
            : new Dated(chat.Version, StreamEvents.Queue(chat, publishedAt));
        return new StateEvents(
            status,
            queue,
            Keep(chat.Retry, before?.Retry, earlier?.Retry, retry => StreamEvents.Retry(chat, retry, publishedAt), chat.Version),
            Keep(chat.Error, before?.Error, earlier?.Error, error => StreamEvents.Error(chat.Id, chat.Version, error, publishedAt), chat.Version),
            Keep(
                chat.Status == ChatStatus.RequiresAction ? chat.PendingToolCalls : null,
                before?.Status == ChatStatus.RequiresAction ? before.PendingToolCalls : null,
                earlier is { IsSlim: false } ? earlier.Action : null,
                _ => StreamEvents.ActionRequired(chat, publishedAt),
                chat.Version));
    }

    /// <summary>The same without the events that may be large.</summary>
    public StateEvents WithoutBulk() =>
        new(Status, Queue with { Event = _gone }, Retry, Error, Action is { } action ? action with { Event = _gone } : null);

    /// <summary>The same with the events that were given back, made again from the same state.</summary>
    public StateEvents WithBulkOf(Chat chat) => new(
        Status,
        Queue with { Event = StreamEvents.Queue(chat, publishedAt: 0) },
        Retry,
        Error,
        Action is { } action ? action with { Event = StreamEvents.ActionRequired(chat, publishedAt: 0) } : null);

    /// <summary>
    /// True if a subscriber who has seen the state up to a version needs an event that has been given back.
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
