using System.Text;
using DurableChat.AspNetCore.AiSdk;
using DurableChat.Chats;
using DurableChat.Feeds;
using Xunit;

namespace DurableChat.Integration.Tests.AiSdk;

/// <summary>The turn of a message that waits in the queue as number 2, behind an equal one.</summary>
public sealed class TurnTranslatorTests : IDisposable
{
    private readonly Chat _chat = new()
    {
        Id = ChatId.Create(DateTimeOffset.UnixEpoch),
        Owner = "owner",
        Title = "title",
        Model = "demo",
        Status = ChatStatus.Running,
        Version = 5,
        Epoch = 1,
        LastMessageId = 1,
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
    };

    private readonly UiChunkWriter _chunks = new();
    private readonly TurnTranslator _translator;

    public TurnTranslatorTests() => _translator = new TurnTranslator(new TurnOrAnswer.Turn(_chat, default, null, QueuedId: 2), _chunks);

    private string Written => Encoding.UTF8.GetString(_chunks.Written.Span);

    public void Dispose() => _chunks.Dispose();

    [Fact]
    public void It_begins_with_the_user_message_of_its_number()
    {
        Show(Status(ChatStatus.Running), Queue(1, 2), Said(2, 1), Said(3, null), Said(4, 2));
        Assert.Contains("turn_4", Written, StringComparison.Ordinal);
        Assert.DoesNotContain("turn_2", Written, StringComparison.Ordinal);
        Assert.False(_translator.HasEnded);
    }

    [Fact]
    public void A_status_from_before_it_began_does_not_end_it()
    {
        Show(Status(ChatStatus.RequiresAction), Queue(2));
        Show(Said(2, 2));
        Assert.False(_translator.HasEnded);
        Show(Status(ChatStatus.Running), Queue());
        Assert.False(_translator.HasEnded);
        Show(Status(ChatStatus.Waiting));
        Assert.True(_translator.HasEnded);
    }

    [Fact]
    public void It_ends_though_a_replica_of_an_older_version_has_begun_it_without_a_number()
    {
        Show(Status(ChatStatus.Running), Queue(1, 2), Said(2, null), Queue(2));
        Assert.False(_translator.HasEnded);
        Show(Said(3, null), Queue());
        Assert.True(_translator.HasEnded);
        Assert.Contains("abort", Written, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rewrite_before_it_began_is_none_of_its_own()
    {
        Show(Queue(2), StreamEvents.HistoryReset(_chat.Id, 2), Said(3, null), Said(4, 2));
        Assert.Contains("turn_4", Written, StringComparison.Ordinal);
        Show(StreamEvents.HistoryReset(_chat.Id, 3));
        Assert.True(_translator.HasEnded);
    }

    private void Show(params StreamEvent[] events)
    {
        _translator.Begin();
        _translator.Translate(events);
    }

    private StreamEvent Status(ChatStatus status) => StreamEvents.Status(_chat with { Status = status }, publishedAt: 0);

    private StreamEvent Queue(params long[] ids) =>
        StreamEvents.Queue(_chat with { Queue = [.. ids.Select(id => new QueuedMessage(id, "same", false, DateTimeOffset.UnixEpoch))] }, publishedAt: 0);

    private MessageEvent Said(long id, long? queuedId) => StreamEvents.Message(
        _chat.Id,
        _chat.Epoch,
        new Message { Id = id, PreviousId = id - 1, Role = MessageRole.User, Parts = [new TextPart("same")], QueuedId = queuedId, CreatedAt = DateTimeOffset.UnixEpoch },
        publishedAt: 0);
}
