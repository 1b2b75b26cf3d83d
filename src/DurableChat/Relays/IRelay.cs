using DurableChat.Chats;
using DurableChat.Feeds;

namespace DurableChat.Relays;

/// <summary>
/// Reads the parts of answers that other replicas generate. It delivers to no subscriber: the parts go into the feed.
/// <para>
/// <b>Order.</b> Frames arrive in the order of the parts, without a gap, starting after the requested place.
/// </para>
/// <para><b>Loss.</b> A broken connection loses nothing: the caller requests the rest from its last part.</para>
/// Thread-safe.
/// </summary>
public interface IRelay
{
    /// <summary>Reads frames until the other replica no longer drives the chat.</summary>
    /// <param name="address">The address of the other replica.</param>
    /// <param name="chat">The id of the chat.</param>
    /// <param name="generation">The generation of which the caller has parts. 0 for none.</param>
    /// <param name="afterSeq">The number of the caller's last part.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="RelayException">The replica could not be reached, or the connection broke.</exception>
    IAsyncEnumerable<RelayFrame> ReadAsync(
        Uri address,
        ChatId chat,
        long generation,
        long afterSeq,
        CancellationToken cancellationToken);
}

/// <summary>A relay failed.</summary>
public sealed class RelayException(
    string message,
    Exception? innerException = null) : Exception(message, innerException);
