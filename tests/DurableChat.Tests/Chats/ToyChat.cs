using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>
/// What a store would hold: rows of messages and of the queue, changed only by what transitions say is to be written,
/// and only if the stored version and
/// lease are the expected ones. It complains at once if what it then holds is not what the transition promised, or not
/// a sound chat.
/// </summary>
internal sealed class ToyChat
{
    private readonly List<Message> _rows = [];
    private readonly Dictionary<long, QueuedMessage> _queueRows = [];
    private long _idsUsed;
    private long _queuedIdsUsed;

    public Chat Chat { get; private set; } = null!;

    public IReadOnlyList<Message> Rows => _rows;

    public static ToyChat New(string? claimBy)
    {
        var toy = new ToyChat();
        Assert.True(toy.TryApply(Given.New(claimBy, "m0")));
        return toy;
    }

    public ToyChat Copy()
    {
        var copy = new ToyChat { Chat = Chat, _idsUsed = _idsUsed, _queuedIdsUsed = _queuedIdsUsed };
        copy._rows.AddRange(_rows);
        foreach (var (id, row) in _queueRows)
        {
            copy._queueRows.Add(id, row);
        }

        return copy;
    }

    /// <summary>Writes a transition; false if another has been written since, or the lease is another.</summary>
    public bool TryApply(Transition transition)
    {
        if (transition.ExpectedVersion != (Chat?.Version ?? 0) || (transition.FencingToken is { } token && Chat?.Lease?.Token != token))
        {
            return false;
        }

        var before = Chat;
        WriteMessages(transition);
        WriteQueue(transition);
        Chat = transition.Next;
        if (before is not null)
        {
            CheckChange(before, transition);
        }

        CheckHistory();
        CheckQueue();
        CheckLease();
        CheckToolCalls();
        CheckReadsTheSame();
        return true;
    }

    private void WriteMessages(Transition transition)
    {
        var edited = _rows.Find(row => row.Id == transition.RemovedFrom);
        if (transition.RemovedFrom is { } from)
        {
            Assert.Contains(_rows, row => row.Id == from && row.Role == MessageRole.User);
            _rows.RemoveAll(row => row.Id >= from);
        }

        foreach (var message in transition.Appended)
        {
            Assert.Equal(++_idsUsed, message.Id);
            Assert.NotEmpty(message.Parts);
            Assert.Equal(message.Role == MessageRole.Assistant, message is { Generation: > 0, Model: not null, FinishReason: not null });
            CheckQueuedId(message, edited, transition);
            _rows.Add(message);
        }
    }

    /// <summary>
    /// The messages that leave the queue for the history, and edits of those, have their number; no other has one.
    /// </summary>
    private void CheckQueuedId(Message message, Message? edited, Transition transition)
    {
        var waited = message.Role != MessageRole.User || transition.RemovedFrom is not null ? null
            : _queueRows.Values.Where(queued => transition.Dequeued.Contains(queued.Id)).Select(queued => (long?)queued.Id).SingleOrDefault();
        Assert.Equal(edited?.QueuedId ?? waited, message.QueuedId);
        Assert.True(waited is null || message.Text() == _queueRows[waited.Value].Content, "It has the number of another one.");
        Assert.True(message.QueuedId is null || _rows.TrueForAll(row => row.QueuedId != message.QueuedId), "Two messages have one number.");
    }

    private void WriteQueue(Transition transition)
    {
        foreach (var queued in transition.Enqueued)
        {
            Assert.True(queued.Id > _queuedIdsUsed, "An id of the queue was used before.");
            _queueRows.Add(queued.Id, queued);
        }

        foreach (var id in transition.Dequeued)
        {
            Assert.True(_queueRows.Remove(id), "What was not in the queue cannot leave it.");
        }

        _queuedIdsUsed = transition.Next.LastQueuedId;
    }

    private void CheckChange(Chat before, Transition transition)
    {
        Assert.Equal(before.Version + 1, Chat.Version);
        Assert.Equal(before.Epoch + (transition.RemovedFrom is null ? 0 : 1), Chat.Epoch);
        Assert.Equal(transition.RemovedFrom is not null, transition.RewritesHistory);
        Assert.True(Chat.Generation >= before.Generation && Chat.Generation <= before.Generation + 1);
        Assert.True(Chat.LeaseToken >= before.LeaseToken && Chat.LeaseToken <= before.LeaseToken + 1);
        Assert.True(Chat.LastQueuedId >= before.LastQueuedId);
        Assert.Equal((before.Id, before.Owner, before.Model, before.CreatedAt, before.ClientTools), (Chat.Id, Chat.Owner, Chat.Model, Chat.CreatedAt, Chat.ClientTools));

        // Whoever gets the lease, or begins another model call, gets parts of its own: they must not be taken for those
        // before.
        Assert.True(Chat.Lease is null || Chat.Lease == before.Lease || Chat.Generation > before.Generation || Chat.Attempt > before.Attempt);
    }

    private void CheckHistory()
    {
        Assert.Equal(_idsUsed, Chat.LastAssignedId);
        Assert.Equal(MessageRole.User, _rows[0].Role);

        // From the head along the links: exactly the history, newest first.
        var chain = new List<long>();
        var byId = _rows.ToDictionary(row => row.Id);
        for (var id = Chat.LastMessageId; id != 0; id = byId[id].PreviousId)
        {
            chain.Add(id);
        }

        Assert.Equal(_rows.Select(row => row.Id), Enumerable.Reverse(chain));
    }

    private void CheckQueue()
    {
        Assert.Equal(_queueRows.Keys.Order(), Chat.Queue.Select(queued => queued.Id).Order());
        Assert.All(Chat.Queue, queued => Assert.Equal(_queueRows[queued.Id], queued with { Urgent = _queueRows[queued.Id].Urgent }));
        Assert.True(Chat.Queue.Count <= Given.Limits.MaxQueue);
        Assert.True(Chat.Queue.Count == 0 || Chat.Archived || Chat.Status != ChatStatus.Waiting, "A message waits in the queue of a chat that waits and is not put away.");
        Assert.True(Chat.Queue.SkipWhile(queued => queued.Urgent).All(queued => !queued.Urgent), "One that only waits stands before an urgent one.");
    }

    private void CheckLease()
    {
        Assert.True(Chat.Lease is null || Chat.NeedsWorker);
        Assert.True(Chat.Lease is null || Chat.Lease.Token == Chat.LeaseToken);
        Assert.True(Chat.Lease is not null || Chat.Status != ChatStatus.Interrupting, "Nobody is there to end the turn that was stopped.");
        Assert.True(Chat.Retry is null || Chat.Lease is not null);
        Assert.True(Chat.Lease is null || Chat.Attempt > 0);
        Assert.True(Chat.Attempt == 0 || Chat.Lease is not null || (Chat.Status == ChatStatus.Running && Chat.PendingToolCalls.Count > 0));
        Assert.Equal(Chat.Status == ChatStatus.Error, Chat.Error is not null);
    }

    /// <summary>Providers refuse a history in which a call has no result right behind it.</summary>
    private void CheckToolCalls()
    {
        Assert.True(Chat.PendingToolCalls.Count == 0 || Chat.NeedsWorker || Chat.Status == ChatStatus.RequiresAction);
        var open = new List<string>();
        foreach (var row in _rows)
        {
            Assert.True(open.Count == 0 || row.Role == MessageRole.Tool, "A message stands between a call and its result.");
            open.AddRange(row.Parts.OfType<ToolCallPart>().Select(call => call.CallId));
            Assert.All(row.Parts.OfType<ToolResultPart>(), result => Assert.True(open.Remove(result.CallId), "A result answers no call."));
        }

        Assert.Equal(open, Chat.PendingToolCalls.Select(call => call.CallId));
        Assert.Equal(Chat.PendingToolCalls.Count > 0, Chat.PendingCallOrigin is not null);
        if (Chat.PendingCallOrigin is { } origin)
        {
            var calls = _rows.Single(row => row.Generation == origin.Generation).Parts.OfType<ToolCallPart>().ToArray();
            Assert.Equal(origin.Places.Select(place => calls[place]), Chat.PendingToolCalls);
            Assert.Equal(origin.Places.Distinct().Order(), origin.Places);
        }
    }

    /// <summary>
    /// From its columns, its inner state and the rows of its queue, in any order, comes the same chat again.
    /// </summary>
    private void CheckReadsTheSame()
    {
        var columns = Chat with
        {
            LastAssignedId = -1,
            Generation = -1,
            Attempt = -1,
            Step = -1,
            Retry = null,
            Error = null,
            PendingToolCalls = [],
            PendingCallOrigin = null,
            Queue = [],
            LastQueuedId = -1,
        };
        var read = StoreJson.ReadState(columns, StoreJson.WriteState(Chat), _queueRows.Values.OrderBy(queued => queued.Content.GetHashCode(StringComparison.Ordinal)));
        Assert.Equal(JsonSerializer.Serialize(Chat), JsonSerializer.Serialize(read));
    }
}
