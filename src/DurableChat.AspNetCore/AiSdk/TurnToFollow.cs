using DurableChat.Chats;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>A turn for a client to follow, or the response if there is none.</summary>
internal abstract record TurnOrAnswer
{
    private TurnOrAnswer()
    {
    }

    /// <summary>There is nothing to follow: the response to the request.</summary>
    public sealed record Answer(IResult Result) : TurnOrAnswer;

    /// <summary>A turn.</summary>
    /// <param name="Chat">The chat.</param>
    /// <param name="After">
    /// The position that the client already has: the user message, or the last message before the client's tool
    /// results.
    /// </param>
    /// <param name="UserMessageId">
    /// The user message that began the turn; the answer's id derives from it. Null if the stream continues the client's
    /// last message, or if the message waits in the queue.
    /// </param>
    /// <param name="QueuedId">The queue number of the message that begins the turn; null if the turn has begun.</param>
    public sealed record Turn(Chat Chat, Position After, long? UserMessageId, long? QueuedId = null) : TurnOrAnswer;
}
