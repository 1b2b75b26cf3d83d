using DurableChat.Chats;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>A turn that a client is to be told of, or why there is none.</summary>
internal abstract record TurnOrAnswer
{
    private TurnOrAnswer()
    {
    }

    /// <summary>There is nothing to follow: the answer to the request.</summary>
    public sealed record Answer(IResult Result) : TurnOrAnswer;

    /// <summary>A turn.</summary>
    /// <param name="Chat">Of which chat.</param>
    /// <param name="After">What the client has of it already: the user message, or what came before the client's tool results did.</param>
    /// <param name="UserMessageId">The user message that began it, which names the answer; null to go on with the client's last message, or if it waits in the queue.</param>
    /// <param name="Queued">Set if it has not begun.</param>
    public sealed record Turn(Chat Chat, Position After, long? UserMessageId, QueuedTurn? Queued = null) : TurnOrAnswer;
}

/// <summary>A turn that waits in the queue.</summary>
/// <param name="QueuedId">Which queued message.</param>
/// <param name="Content">Its text, by which it is known when it becomes a message: the feed does not tell which one it was.</param>
/// <param name="Ahead">The ids of those with the same text that were to run before it.</param>
internal sealed record QueuedTurn(long QueuedId, string Content, IReadOnlyList<long> Ahead)
{
    /// <summary>Describes a message that is in the queue.</summary>
    public static QueuedTurn Of(long queuedId, string content, IReadOnlyList<QueuedMessage> queue) => new(queuedId, content, FindAhead(queuedId, content, queue));

    /// <summary>Those with the same text that run before it, as the queue is now.</summary>
    public IReadOnlyList<long> FindAhead(IReadOnlyList<QueuedMessage> queue) => FindAhead(QueuedId, Content, queue);

    private static long[] FindAhead(long queuedId, string content, IReadOnlyList<QueuedMessage> queue) =>
        [.. queue.TakeWhile(waiting => waiting.Id != queuedId).Where(waiting => waiting.Content == content).Select(waiting => waiting.Id)];
}
