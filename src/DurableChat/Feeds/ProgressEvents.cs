using System.Text.Json;
using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>
/// The newest progress of each running tool call. It is not part of the stream's positions: a subscriber gets the
/// newest progress of each call that it has not seen, and none once the call has its result. Not thread-safe: guarded
/// by the feed's lock.
/// </summary>
internal sealed class ProgressEvents
{
    private readonly List<(string CallId, long Revision, StreamEvent Event)> _newest = [];
    private long _revision;

    /// <summary>The size in memory, in bytes.</summary>
    public int Bytes { get; private set; }

    /// <summary>Replaces the previous progress of a call.</summary>
    public void Show(string callId, StreamEvent progress)
    {
        Remove(callId);
        _newest.Add((callId, ++_revision, progress));
        Bytes += progress.Bytes;
    }

    /// <summary>Removes calls that are no longer pending.</summary>
    public void Keep(IReadOnlyList<ToolCallPart> pending)
    {
        for (var index = _newest.Count - 1; index >= 0; index--)
        {
            var callId = _newest[index].CallId;
            if (!pending.Any(call => call.CallId == callId))
            {
                Remove(callId);
            }
        }
    }

    /// <summary>Adds the progress after a revision, and returns the newest revision.</summary>
    public long ReadAfter(long revision, List<StreamEvent> events)
    {
        foreach (var newest in _newest)
        {
            if (newest.Revision > revision)
            {
                events.Add(newest.Event);
            }
        }

        return _revision;
    }

    /// <summary>The first progress after a revision, for another replica. Null if there is none.</summary>
    public RelayedProgress? NextAfter(ref long revision)
    {
        foreach (var newest in _newest)
        {
            if (newest.Revision > revision)
            {
                revision = newest.Revision;
                var shown = JsonSerializer.Deserialize(newest.Event.Json.Span, WireJson.Relaxed.ProgressEnvelope)!;
                return new RelayedProgress(shown.CallId, shown.Text);
            }
        }

        return null;
    }

    private void Remove(string callId)
    {
        var index = _newest.FindIndex(newest => newest.CallId == callId);
        if (index >= 0)
        {
            Bytes -= _newest[index].Event.Bytes;
            _newest.RemoveAt(index);
        }
    }
}
