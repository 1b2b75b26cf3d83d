using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>
/// What a store would hold: rows, changed only by what transitions say is to be written. And beside it what a person would expect to see: texts in order. It
/// knows nothing of leases, generations or links.
/// </summary>
internal sealed class ToyChat
{
    private readonly List<Message> _rows = [];
    private readonly Dictionary<long, QueuedMessage> _queueRows = [];
    private readonly HashSet<long> _usedIds = [];

    public Chat Chat { get; private set; } = null!;

    public IReadOnlyList<Message> Rows => _rows;

    public void Apply(Transition transition)
    {
        var before = Chat;
        Assert.Equal(before?.Version ?? 0, transition.ExpectedVersion);
        if (transition.RemovedFrom is { } from)
        {
            Assert.Contains(_rows, row => row.Id == from && row.Role == MessageRole.User);
            _rows.RemoveAll(row => row.Id >= from);
        }

        foreach (var message in transition.Appended)
        {
            Assert.Equal(_usedIds.Count + 1, message.Id);
            Assert.True(_usedIds.Add(message.Id));
            Assert.Equal(_rows.Count == 0 ? 0 : _rows[^1].Id, message.PreviousId);
            _rows.Add(message);
        }

        foreach (var queued in transition.Enqueued)
        {
            _queueRows.Add(queued.Id, queued);
        }

        foreach (var id in transition.Dequeued)
        {
            Assert.True(_queueRows.Remove(id));
        }

        Chat = transition.Next;
        Assert.Equal(transition.RewritesHistory ? before!.Epoch + 1 : before?.Epoch ?? 1, Chat.Epoch);
        Assert.True(before is null || Chat.Generation >= before.Generation);
        Assert.True(before is null || Chat.LeaseToken >= before.LeaseToken);
        CheckInvariants();
    }

    private void CheckInvariants()
    {
        Assert.Equal(_rows.Count == 0 ? 0 : _rows[^1].Id, Chat.LastMessageId);
        Assert.Equal(_usedIds.Count, Chat.LastAssignedId);
        Assert.Equal(_queueRows.Keys.Order(), Chat.Queue.Select(queued => queued.Id).Order());
        Assert.All(Chat.Queue, queued => Assert.Equal(_queueRows[queued.Id].Content, queued.Content));
        Assert.True(Chat.Queue.Count <= Given.Limits.MaxQueue);
        Assert.Equal(Chat.Status == ChatStatus.Error, Chat.Error is not null);
        Assert.True(Chat.Lease is null || Chat.NeedsWorker);
        Assert.True(Chat.Lease is null || Chat.Lease.Token == Chat.LeaseToken);
        Assert.True(Chat.Status != ChatStatus.Interrupting || Chat.Lease is not null || Chat.Generation > 0);
        Assert.True(Chat.Retry is null || Chat.NeedsWorker);
        Assert.True(Chat.Queue.Count == 0 || Chat.Status != ChatStatus.Waiting, "A message waits in the queue of a chat that waits.");
        CheckToolCalls();
    }

    /// <summary>Providers refuse a history in which a call has no result right behind it.</summary>
    private void CheckToolCalls()
    {
        var calls = _rows.SelectMany(row => row.Parts).OfType<ToolCallPart>().Select(call => call.CallId).ToList();
        var results = _rows.SelectMany(row => row.Parts).OfType<ToolResultPart>().Select(result => result.CallId).ToList();
        Assert.Equal(results.Count, results.Distinct().Count());
        Assert.Equal(calls.Except(results).Order(), Chat.PendingToolCalls.Select(call => call.CallId).Order());
        Assert.Empty(results.Except(calls));
        Assert.True(Chat.PendingToolCalls.Count == 0 || Chat.NeedsWorker || Chat.Status == ChatStatus.RequiresAction);
        var open = new HashSet<string>();
        foreach (var row in _rows)
        {
            Assert.True(open.Count == 0 || row.Role == MessageRole.Tool, "A message stands between a call and its result.");
            open.UnionWith(row.Parts.OfType<ToolCallPart>().Select(call => call.CallId));
            open.ExceptWith(row.Parts.OfType<ToolResultPart>().Select(result => result.CallId));
        }
    }
}
