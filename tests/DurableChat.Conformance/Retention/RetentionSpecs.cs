using DurableChat.Chats;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Conformance;

/// <summary>Finding and deleting what was archived long ago.</summary>
public abstract class RetentionSpecs : StoreSpecs
{
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    [Fact]
    public async Task Chats_that_were_archived_before_a_time_are_found_page_by_page()
    {
        var old = new List<ChatId>();
        for (var i = 0; i < 7; i++)
        {
            old.Add((await ArchiveAsync(await CommitTurnsAsync($"old {i}"))).Id);
            await CommitTurnsAsync($"not archived {i}");
        }

        var deleted = await ArchiveAsync(await CommitTurnsAsync("deleted"));
        await Store.DeleteAsync(deleted.Id, CancellationToken.None);
        await Harness.AdvanceAsync(_day);
        var before = Harness.Now - TimeSpan.FromHours(1);
        await ArchiveAsync(await CommitTurnsAsync("archived today"));
        var found = new List<ChatId>();
        ChatId? last = default(ChatId);
        for (var pages = 0; last is { } after; pages++)
        {
            Assert.True(pages <= 8, "The pages have no end.");
            var page = await Harness.Retention.FindArchivedAsync(after, before, 2, CancellationToken.None);
            Assert.True(page.Archived.Count <= 2);
            found.AddRange(page.Archived);
            last = page.Last;
        }

        Assert.Equal(old.OrderBy(id => id.Value, StringComparer.Ordinal), found);
    }

    [Fact]
    public async Task A_chat_that_has_changed_since_it_was_looked_at_is_not_deleted()
    {
        var chat = await ArchiveAsync(await CommitTurnsAsync("kept"));
        await CommitAsync(Decide(chat, new UpdateChat(Archived: false)));
        Assert.False(await Harness.Retention.DeleteAsync(chat.Id, chat.Version, CancellationToken.None));
        Assert.Equal(2, (await ReadAllAsync(chat.Id)).Count);
        Assert.False((await Store.LoadAsync(chat.Id, CancellationToken.None))!.Archived);
    }

    [Fact]
    public async Task A_chat_that_is_as_it_was_goes_with_all_it_had_and_its_id_is_never_used_again()
    {
        var chat = await CommitAsync(New());
        chat = await CommitAsync(Decide(chat, new SendMessage("queued")), new IdempotencyRecord("key", "f", "o", Harness.Now));
        Assert.True(await Harness.Retention.DeleteAsync(chat.Id, chat.Version, CancellationToken.None));
        Assert.False(await Harness.Retention.DeleteAsync(chat.Id, chat.Version, CancellationToken.None));
        Assert.Null(await Store.LoadAsync(chat.Id, CancellationToken.None));
        Assert.Null(await Store.ReadMessagesAsync(chat.Id, MessageQuery.After(0, 5, ReadReason.History), CancellationToken.None));
        Assert.Equal(0, await Harness.CountKeysAsync(chat.Id));
        Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(New("again", id: chat.Id), null, CancellationToken.None));
    }

    [Fact]
    public async Task Of_many_who_would_begin_a_round_one_does_and_the_next_after_the_interval()
    {
        Assert.Equal(1, await BeginAsync());
        Assert.Equal(0, await BeginAsync());
        await Harness.AdvanceAsync(_day);
        Assert.Equal(1, await BeginAsync());

        async Task<int> BeginAsync() =>
            (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Harness.Retention.TryBeginRoundAsync(_day, CancellationToken.None))))).Count(begun => begun);
    }

    private Task<Chat> ArchiveAsync(Chat chat) => CommitAsync(Decide(chat, new UpdateChat(Archived: true)));
}
