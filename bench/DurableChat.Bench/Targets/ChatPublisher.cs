using DurableChat.Bench.Wire;
using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Storage;

namespace DurableChat.Bench.Targets;

/// <summary>
/// Puts messages and parts into a chat's feed, as a commit and a model's stream do; commits them first if there is a
/// store. For one thread.
/// </summary>
internal sealed class ChatPublisher
{
    /// <summary>How many messages a chat has that is in a store.</summary>
    private const int History = 20;

    private readonly FeedPin _pin;
    private readonly IChatStore? _store;
    private readonly TimeProvider _time;
    private readonly Lease _lease;
    private Chat _chat;

    public ChatPublisher(FeedRegistry feeds, ChatId id, IChatStore? store, TimeProvider time)
    {
        _pin = feeds.Pin(id);
        _store = store;
        _time = time;
        _lease = new Lease(feeds.Replica, 1);
        var created = time.GetUtcNow();
        var messages = store is null ? 1 : History;
        _chat = new Chat
        {
            Id = id,
            Owner = "local",
            Title = "bench",
            Model = "demo",
            Status = ChatStatus.Waiting,
            Version = 1,
            CommitId = Guid.CreateVersion7(),
            Epoch = 1,
            LastMessageId = messages,
            LastAssignedId = messages,
            CreatedAt = created,
            UpdatedAt = created,
        };
        Publish(new Transition
        {
            Next = _chat,
            Appended = [.. Enumerable.Range(1, messages)
            .Select(id => EventText.Message(id, EventText.Unmarked, created))]
        });
    }

    /// <summary>Publishes an event whose text carries a time.</summary>
    public void Publish(EventKind kind, long timestamp)
    {
        var text = EventText.Make(kind, timestamp);
        if (kind == EventKind.Message)
        {
            PublishMessage(text);
        }
        else
        {
            PublishPart(text);
        }
    }

    private void Publish(Transition transition)
    {
        if (_store?.CommitAsync(transition, null, CancellationToken.None)
            .GetAwaiter()
            .GetResult() is not (null or CommitResult.Committed))
        {
            throw new InvalidOperationException("Somebody else has changed the chat.");
        }

        _pin.Feed.Publish(transition);
    }

    private void PublishMessage(string text)
    {
        var next = _chat with
        {
            Status = ChatStatus.Waiting,
            Lease = null,
            Version = _chat.Version + 1,
            CommitId = Guid.CreateVersion7(),
            Ancestors = [_chat.CommitId],
            LastMessageId = _chat.LastMessageId + 1,
            LastAssignedId = _chat.LastMessageId + 1,
            UpdatedAt = _time.GetUtcNow(),
        };
        Publish(
            new Transition { Next = next, Appended = [EventText.Message(next.LastMessageId, text, next.UpdatedAt)] });
        _chat = next;
    }

    private void PublishPart(string text)
    {
        if (_chat.Status != ChatStatus.Running)
        {
            _chat = _chat with
            {
                Status = ChatStatus.Running,
                Lease = _lease,
                Version = _chat.Version + 1,
                CommitId = Guid.CreateVersion7(),
                Ancestors = [_chat.CommitId],
                Generation = _chat.Generation + 1,
            };
            Publish(new Transition { Next = _chat });
            _pin.Feed.BeginGeneration(_chat.Generation);
        }

        _pin.Feed.AppendPart(_chat.Generation, new TextPart(text));
    }
}
