using DurableChat.Chats;
using DurableChat.Feeds;

namespace DurableChat.Relays;

/// <summary>
/// Reaches other replicas for the parts of answers that they make. It delivers to no subscriber: what it brings goes into the feed.
/// <para><b>Order.</b> Frames come in the order of the parts, without a gap, from the place asked for on.</para>
/// <para><b>Loss.</b> A broken connection loses nothing: the caller asks again from where it is. Thread-safe.</para>
/// </summary>
public interface IRelay
{
    /// <summary>Reads frames until the other replica drives the chat no longer.</summary>
    /// <param name="address">Where the other replica is.</param>
    /// <param name="chat">Which chat.</param>
    /// <param name="generation">The generation of which the caller has parts; 0 for none.</param>
    /// <param name="afterSeq">The last part it has.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RelayException">The replica could not be reached, or the connection broke.</exception>
    IAsyncEnumerable<RelayFrame> ReadAsync(Uri address, ChatId chat, long generation, long afterSeq, CancellationToken cancellationToken);
}

/// <summary>A relay broke.</summary>
public sealed class RelayException(string message, Exception? innerException = null) : Exception(message, innerException);
