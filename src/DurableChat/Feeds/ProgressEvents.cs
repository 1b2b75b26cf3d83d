using System.Text.Json;
using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>
/// The newest progress of each tool call that runs. It is no part of the stream's positions: a subscriber gets the
/// newest of each call that it has not seen, and nothing once the call has its result. Not thread-safe: the feed's lock
/// guards it.
/// </summary>
internal sealed class ProgressEvents
{
    private readonly List<(string CallId, long Revision, StreamEvent Event)> _newest = [];
    private long _revision;

    /// <summary>What it takes in memory, in bytes.</summary>
    public int Bytes { get; private set; }

    /// <summary>Puts the newest of a call in the place of the one before.</summary>
    public void Show(string callId, StreamEvent progress)
    {
        Remove(callId);
        _newest.Add((callId, ++_revision, progress));
        Bytes += progress.Bytes;
    }

    /// <summary>Forgets calls that are no longer pending.</summary>
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

    /// <summary>Adds what came after a revision, and gives the newest.</summary>
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

    /// <summary>The first that came after a revision, for another replica; null if there is none.</summary>
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
