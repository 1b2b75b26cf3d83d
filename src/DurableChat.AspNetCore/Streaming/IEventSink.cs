using DurableChat.Feeds;

namespace DurableChat.AspNetCore.Streaming;

/// <summary>The client's side of a stream: one transport or protocol. Used by one caller at a time.</summary>
internal interface IEventSink
{
    /// <summary>True if nothing more is to be sent, although the source has not ended.</summary>
    bool IsComplete { get; }

    /// <summary>Sends events and waits until the client has read them.</summary>
    /// <exception cref="OperationCanceledException">The client has disconnected, or the stream must end.</exception>
    ValueTask SendAsync(List<StreamEvent> events);
}
