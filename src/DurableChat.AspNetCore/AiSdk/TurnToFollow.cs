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
    /// <param name="Queued">Set if the turn has not begun.</param>
    public sealed record Turn(Chat Chat, Position After, long? UserMessageId, QueuedTurn? Queued = null) : TurnOrAnswer;
}

/// <summary>A turn that waits in the queue.</summary>
/// <param name="QueuedId">The queued message.</param>
/// <param name="Content">
/// Its text, which identifies it when it becomes a message: the feed does not say which queued message it was.
/// </param>
/// <param name="Ahead">The ids of messages with the same text that were to run before it.</param>
internal sealed record QueuedTurn(long QueuedId, string Content, IReadOnlyList<long> Ahead)
{
    /// <summary>Describes a message in the queue.</summary>
    public static QueuedTurn Of(long queuedId, string content, IReadOnlyList<QueuedMessage> queue) => new(queuedId, content, FindAhead(queuedId, content, queue));

    /// <summary>The messages with the same text that run before it in the present queue.</summary>
    public IReadOnlyList<long> FindAhead(IReadOnlyList<QueuedMessage> queue) => FindAhead(QueuedId, Content, queue);

    private static long[] FindAhead(long queuedId, string content, IReadOnlyList<QueuedMessage> queue) =>
        [.. queue.TakeWhile(waiting => waiting.Id != queuedId).Where(waiting => waiting.Content == content).Select(waiting => waiting.Id)];
}
