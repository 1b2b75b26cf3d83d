namespace DurableChat.Feeds;

/// <summary>Gives events to a writer that sends them over the network. Used by one caller at a time.</summary>
public interface IEventSource : IDisposable
{
    /// <summary>
    /// Replaces the content of <paramref name="events"/> with the next events, at least one, waiting for them; false at
    /// the end of the stream.
    /// </summary>
    ValueTask<bool> NextAsync(List<StreamEvent> events, CancellationToken cancellationToken);

    /// <summary>Tells that events have been handed to the network.</summary>
    void ConfirmSent(IReadOnlyList<StreamEvent> events);
}
