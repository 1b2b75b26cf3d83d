using DurableChat.Chats;
using DurableChat.Feeds;

namespace DurableChat.Tests.Support;

/// <summary>Events of one chat, for tests that need no store.</summary>
internal static class Events
{
    public static readonly ChatId Chat = ChatId.Create(DateTimeOffset.UnixEpoch);

    /// <summary>A message whose text has so many characters; an answer if it has a generation. Messages with numbers of as many digits and of one size take the same memory.</summary>
    public static MessageEvent Message(long epoch, long id, long previousId, int size = 1, long generation = 0) => StreamEvents.Message(
        Chat,
        epoch,
        new Message
        {
            Id = id,
            PreviousId = previousId,
            Role = generation > 0 ? MessageRole.Assistant : MessageRole.User,
            Parts = [new TextPart(new string('x', size))],
            Generation = generation,
            CreatedAt = DateTimeOffset.UnixEpoch,
        },
        publishedAt: 0);
}
