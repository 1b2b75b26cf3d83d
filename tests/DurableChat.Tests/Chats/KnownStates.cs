using DurableChat.Chats;

namespace DurableChat.Tests.Chats;

/// <summary>A state that the table of commands speaks of.</summary>
/// <param name="Shape">
/// Status, whether somebody drives it, and whether tool calls or a retry are pending: a column of the table.
/// </param>
/// <param name="Queue">How full the queue is: empty, some or full.</param>
/// <param name="Archived">Whether it is put away.</param>
internal sealed record KnownState(string Shape, string Queue, bool Archived)
{
    private static readonly (string Name, int Count)[] _queues = [("empty", 0), ("some", 1), ("full", Given.Limits.MaxQueue)];

    private static readonly Dictionary<string, Func<int, Chat>> _shapes = new()
    {
        ["waiting"] = queued => queued == 0 ? Given.Waiting() : Given.Running().WithQueue(queued).Then(_ => new UpdateChat(Archived: true)).Then(Given.Finish),
        ["running"] = queued => Given.Running().WithQueue(queued),
        ["unowned"] = queued => Given.Unowned().WithQueue(queued),
        ["retrying"] = queued => Given.Retrying().WithQueue(queued),
        ["tools"] = queued => Given.ToolsPending().WithQueue(queued),
        ["tools-unowned"] = queued => Given.ToolsPending().WithQueue(queued).Then(Given.Release),
        ["stopping"] = queued => Given.Interrupting().WithQueue(queued),
        ["stopping-tools"] = queued => Given.ToolsPending().WithQueue(queued).Then(_ => new Interrupt()),
        ["action"] = queued => Given.RequiresAction().WithQueue(queued),
        ["error"] = queued => Given.Running().WithQueue(queued).Then(Given.Fail),
    };

    public static IEnumerable<string> Shapes => _shapes.Keys;

    /// <summary>
    /// All of them. A chat that waits has nothing in its queue, unless it is put away: else it would run.
    /// </summary>
    public static IReadOnlyDictionary<KnownState, Chat> All { get; } = (
        from shape in _shapes
        from queue in _queues
        from archived in (bool[])[false, true]
        where shape.Key != "waiting" || queue.Count == 0 || archived
        let chat = shape.Value(queue.Count)
        select (State: new KnownState(shape.Key, queue.Name, archived), Chat: archived && !chat.Archived ? chat.Then(_ => new UpdateChat(Archived: true)) : chat))
        .ToDictionary(known => known.State, known => known.Chat);

    /// <summary>Which of them a chat is in.</summary>
    public static KnownState Of(Chat chat)
    {
        var shape = (chat.Status, chat.Lease is not null, chat.PendingToolCalls.Count > 0) switch
        {
            (ChatStatus.Waiting, false, false) => "waiting",
            (ChatStatus.Running, true, false) => chat.Retry is null ? "running" : "retrying",
            (ChatStatus.Running, false, false) when chat.Retry is null => "unowned",
            (ChatStatus.Running, true, true) => "tools",
            (ChatStatus.Running, false, true) when chat.Retry is null => "tools-unowned",
            (ChatStatus.Interrupting, true, false) => "stopping",
            (ChatStatus.Interrupting, true, true) => "stopping-tools",
            (ChatStatus.RequiresAction, false, true) when chat.Retry is null => "action",
            (ChatStatus.Error, false, false) when chat.Retry is null => "error",
            _ => $"unknown: {chat}",
        };
        var queue = chat.Queue.Count == 0 ? "empty" : chat.Queue.Count < Given.Limits.MaxQueue ? "some" : "full";
        return new KnownState(shape, queue, chat.Archived);
    }

    public override string ToString() => $"{Shape}, queue {Queue}{(Archived ? ", archived" : string.Empty)}";
}
