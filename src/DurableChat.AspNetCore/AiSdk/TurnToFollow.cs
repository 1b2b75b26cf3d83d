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
    /// <param name="Chat">Of which chat.</param>
    /// <param name="After">What the client has of it already: the user message, or what came before the client's tool results did.</param>
    /// <param name="UserMessageId">The user message that began it, which names the answer; null to go on with the client's last message, or if it waits in the queue.</param>
    /// <param name="QueuedId">The number in the queue of the message that begins it; null if it has begun.</param>
    public sealed record Turn(Chat Chat, Position After, long? UserMessageId, long? QueuedId = null) : TurnOrAnswer;
}
