using DurableChat.Chats;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Conformance;

/// <summary>Reading messages.</summary>
public abstract class MessagePageSpecs : StoreSpecs
{
    [Fact]
    public async Task A_page_after_an_id_begins_right_behind_it()
    {
        var chat = await CommitTurnsAsync("a", "b", "c");
        Assert.Equal([3, 4, 5], await ReadAsync(chat.Id, MessageQuery.After(2, 3, ReadReason.History)));
        Assert.Equal([5, 6], await ReadAsync(chat.Id, MessageQuery.After(4, 3, ReadReason.History)));
        Assert.Empty(await ReadAsync(chat.Id, MessageQuery.After(6, 3, ReadReason.History)));
        Assert.Empty(await ReadAsync(chat.Id, MessageQuery.After(long.MaxValue, 3, ReadReason.History)));
    }

    [Fact]
    public async Task A_page_before_an_id_holds_the_newest_below_it_in_ascending_order()
    {
        var chat = await CommitTurnsAsync("a", "b", "c");
        Assert.Equal([3, 4, 5], await ReadAsync(chat.Id, MessageQuery.Before(6, 3, ReadReason.History)));
        Assert.Equal([1], await ReadAsync(chat.Id, MessageQuery.Before(2, 3, ReadReason.History)));
        Assert.Empty(await ReadAsync(chat.Id, MessageQuery.Before(1, 3, ReadReason.History)));
        Assert.Equal([4], await ReadAsync(chat.Id, MessageQuery.One(4, ReadReason.Edit)));
    }

    [Fact]
    public async Task A_page_is_bounded_in_bytes_but_never_empty_for_that()
    {
        var chat = await CommitTurnsAsync(new string('x', 1_000), new string('y', 1_000));
        Assert.Equal([1], await ReadAsync(chat.Id, MessageQuery.After(0, 100, ReadReason.History) with { MaxBytes = 10 }));
        Assert.Equal([1, 2], await ReadAsync(chat.Id, MessageQuery.After(0, 100, ReadReason.History) with { MaxBytes = 1_500 }));
        Assert.Equal([4], await ReadAsync(chat.Id, MessageQuery.Before(5, 100, ReadReason.History) with { MaxBytes = 10 }));
    }

    [Fact]
    public async Task A_page_tells_the_version_it_was_read_at()
    {
        var chat = await CommitTurnsAsync("a", "b");
        var page = await Store.ReadMessagesAsync(chat.Id, MessageQuery.After(0, 1, ReadReason.History), CancellationToken.None);
        Assert.Equal((chat.Version, chat.CommitId, chat.Epoch, chat.LastMessageId), (page!.Version, page.CommitId, page.Epoch, page.HeadId));
    }

    [Fact]
    public async Task There_is_no_page_of_a_chat_that_does_not_exist() =>
        Assert.Null(await Store.ReadMessagesAsync(ChatId.Create(Harness.Now), MessageQuery.After(0, 1, ReadReason.History), CancellationToken.None));

    [Fact]
    public async Task An_edit_removes_what_followed_and_links_the_new_message_to_what_stays()
    {
        var chat = await CommitTurnsAsync("a", "b", "c");
        var target = (await Store.ReadMessagesAsync(chat.Id, MessageQuery.One(3, ReadReason.Edit), CancellationToken.None))!.Messages.Single();
        var edited = await CommitAsync(Decide(chat, new EditMessage(target, "another b")));
        Assert.Equal(chat.Epoch + 1, edited.Epoch);
        Assert.Equal([(1L, 0L), (2, 1), (7, 2)], (await ReadAllAsync(chat.Id)).Select(message => (message.Id, message.PreviousId)));
    }

    [Fact]
    public async Task A_page_never_mixes_two_versions()
    {
        var chat = await CommitTurnsAsync("a", "b");
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var target = (await ReadAllAsync(chat.Id))[^2];
                chat = await CommitAsync(Decide(chat, new EditMessage(target, "again") { ClaimBy = "replica" }));
                chat = await CommitAsync(Decide(chat, Finish(chat)));
            }
        });
        for (var i = 0; i < 300; i++)
        {
            var page = await Store.ReadMessagesAsync(chat.Id, MessageQuery.After(0, 100, ReadReason.History), CancellationToken.None);
            Assert.Equal(page!.HeadId, page.Messages[^1].Id);
            Assert.Equal(page.Messages.Select(message => message.Id).Prepend(0).SkipLast(1), page.Messages.Select(message => message.PreviousId));
        }

        await stop.CancelAsync();
        await writer;
    }

    private async Task<IEnumerable<long>> ReadAsync(ChatId id, MessageQuery query) =>
        (await Store.ReadMessagesAsync(id, query, CancellationToken.None))!.Messages.Select(message => message.Id);
}
