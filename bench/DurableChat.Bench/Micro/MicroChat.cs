using System.Diagnostics.CodeAnalysis;
using DurableChat.Bench.Wire;
using DurableChat.Chats;
using DurableChat.Feeds;

namespace DurableChat.Bench.Micro;

/// <summary>
/// A chat with messages of about 1 KB in a feed of its own, and the transition that appends the next. For one thread.
/// </summary>
internal sealed class MicroChat
{
    private readonly FeedPin _pin;
    private Chat _chat;

    [SuppressMessage("Reliability", "CA2000", Justification = "The chat lasts as long as the process.")]
    public MicroChat(int messages)
    {
        Metrics = new FeedMetrics(null, TimeProvider.System);
        Registry = new FeedRegistry(new FeedOptions(), Metrics, TimeProvider.System);
        Id = ChatId.Create(TimeProvider.System.GetUtcNow());
        _pin = Registry.Pin(Id);
        var now = TimeProvider.System.GetUtcNow();
        _chat = new Chat
        {
            Id = Id,
            Owner = "bench",
            Title = "bench",
            Model = "demo",
            Status = ChatStatus.Waiting,
            Version = 1,
            CommitId = Guid.CreateVersion7(),
            Epoch = 1,
            LastMessageId = 1,
            LastAssignedId = 1,
            CreatedAt = now,
            UpdatedAt = now,
        };
        Transitions.Add(new Transition
        {
            Next = _chat,
            Appended = [EventText.Message(1, EventText.Make(EventKind.Message, 0), now)],
        });
        Feed.Publish(Transitions[0]);
        while (_chat.LastMessageId < messages)
        {
            Transitions.Add(Append());
            Feed.Publish(Transitions[^1]);
        }
    }

    public ChatId Id { get; }

    public FeedMetrics Metrics { get; }

    public FeedRegistry Registry { get; }

    public Feed Feed => _pin.Feed;

    /// <summary>What made the chat, in order.</summary>
    public List<Transition> Transitions { get; } = [];

    /// <summary>The id of the newest message.</summary>
    public long Head => _chat.LastMessageId;

    /// <summary>The transition that appends another message; the caller publishes or commits it.</summary>
    public Transition Append()
    {
        var id = _chat.LastMessageId + 1;
        _chat = _chat with
        {
            Version = _chat.Version + 1,
            CommitId = Guid.CreateVersion7(),
            Ancestors = [_chat.CommitId],
            LastMessageId = id,
            LastAssignedId = id,
        };
        return new Transition
        {
            Next = _chat,
            Appended = [EventText.Message(id, EventText.Make(EventKind.Message, 0), _chat.UpdatedAt)],
        };
    }
}
