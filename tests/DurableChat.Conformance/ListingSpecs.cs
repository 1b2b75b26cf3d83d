using DurableChat.Chats;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Conformance;

/// <summary>Lists of chats, and deletion.</summary>
public abstract class ListingSpecs : StoreSpecs
{
    [Fact]
    public async Task Pages_hold_every_chat_of_the_owner_once_newest_change_first()
    {
        // Groups of three share one time of change, so that the id has to decide.
        var all = new List<Chat>();
        for (var i = 0; i < 12; i++)
        {
            all.Add(await CommitAsync(New($"chat {i}")));
            if (i % 3 == 2)
            {
                await Harness.AdvanceAsync(TimeSpan.FromSeconds(1));
            }
        }

        await CommitAsync(New("not mine", owner: "other"));
        var expected = all.OrderByDescending(chat => chat.UpdatedAt).ThenByDescending(chat => chat.Id.Value, StringComparer.Ordinal).Select(chat => chat.Id);
        var listed = new List<ChatSummary>();
        while (await Store.ListAsync("owner", new ChatListQuery(5, listed.Count == 0 ? null : new ChatListKey(listed[^1].UpdatedAt, listed[^1].Id)), CancellationToken.None) is [_, ..] page)
        {
            listed.AddRange(page);
        }

        Assert.Equal(expected, listed.Select(chat => chat.Id));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_of_archived_chats_of_the_others_and_of_all_are_whole_and_in_order(bool? archived)
    {
        var all = new List<Chat>();
        for (var i = 0; i < 16; i++)
        {
            var chat = await CommitAsync(New($"chat {i}"));
            all.Add(i % 3 == 0 ? chat : await CommitAsync(Decide(chat, new UpdateChat(Archived: true))));
            if (i % 4 == 3)
            {
                await Harness.AdvanceAsync(TimeSpan.FromSeconds(1));
            }
        }

        var expected = all.Where(chat => archived is null || chat.Archived == archived).OrderByDescending(chat => chat.UpdatedAt).ThenByDescending(chat => chat.Id.Value, StringComparer.Ordinal).Select(chat => chat.Id);
        var listed = new List<ChatSummary>();
        while (await Store.ListAsync("owner", new ChatListQuery(3, listed.Count == 0 ? null : new ChatListKey(listed[^1].UpdatedAt, listed[^1].Id), archived), CancellationToken.None) is [_, ..] page)
        {
            Assert.True(page.Count <= 3);
            listed.AddRange(page);
        }

        Assert.Equal(expected, listed.Select(chat => chat.Id));
    }

    [Fact]
    public async Task A_summary_says_what_the_chat_says()
    {
        var chat = await CommitTurnsAsync("a");
        AssertSame(ChatSummary.Of(chat), (await Store.ListAsync("owner", new ChatListQuery(5), CancellationToken.None)).Single());
    }

    [Fact]
    public async Task Archived_chats_are_listed_apart()
    {
        var kept = await CommitAsync(New());
        var archived = await CommitAsync(New());
        await CommitAsync(Decide(archived, new UpdateChat(Archived: true)));
        Assert.Equal(kept.Id, Assert.Single(await Store.ListAsync("owner", new ChatListQuery(5, Archived: false), CancellationToken.None)).Id);
        Assert.Equal(archived.Id, Assert.Single(await Store.ListAsync("owner", new ChatListQuery(5, Archived: true), CancellationToken.None)).Id);
        Assert.Equal(2, (await Store.ListAsync("owner", new ChatListQuery(5), CancellationToken.None)).Count);
    }

    [Fact]
    public async Task A_deleted_chat_is_gone_with_all_it_had()
    {
        var chat = await CommitAsync(New());
        chat = await CommitAsync(Decide(chat, new SendMessage("queued")), new IdempotencyRecord("key", "f", "o", Harness.Now));
        Assert.True(await Store.DeleteAsync(chat.Id, CancellationToken.None));
        Assert.False(await Store.DeleteAsync(chat.Id, CancellationToken.None));
        Assert.Null(await Store.LoadAsync(chat.Id, CancellationToken.None));
        Assert.Null(await Store.ReadMessagesAsync(chat.Id, MessageQuery.After(0, 5, ReadReason.History), CancellationToken.None));
        Assert.Null(await Store.FindIdempotencyRecordAsync(chat.Id, "key", CancellationToken.None));
        Assert.Empty(await Store.ListAsync("owner", new ChatListQuery(5), CancellationToken.None));
        Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(Decide(chat, Finish(chat)), null, CancellationToken.None));
    }

    [Fact]
    public async Task The_id_of_a_deleted_chat_is_never_used_again()
    {
        var chat = await CommitAsync(New());
        await Store.DeleteAsync(chat.Id, CancellationToken.None);
        Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(New("again", id: chat.Id), null, CancellationToken.None));
    }

    [Fact]
    public async Task A_repeated_creation_of_a_deleted_chat_is_a_conflict()
    {
        var created = New();
        var record = new IdempotencyRecord("key", "f", "o", Harness.Now);
        await CommitAsync(created, record);
        await Store.DeleteAsync(created.Next.Id, CancellationToken.None);
        Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(created, record, CancellationToken.None));
    }

    [Fact]
    public async Task A_deletion_beside_commits_leaves_nothing_behind()
    {
        for (var i = 0; i < 20; i++)
        {
            var chat = await CommitAsync(New());
            var commit = Task.Run(() => Store.CommitAsync(Decide(chat, new SendMessage("late")), null, CancellationToken.None));
            var deletions = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => Store.DeleteAsync(chat.Id, CancellationToken.None))));
            await commit;
            Assert.Single(deletions, deleted => deleted);
            Assert.Null(await Store.LoadAsync(chat.Id, CancellationToken.None));
            Assert.Null(await Store.ReadMessagesAsync(chat.Id, MessageQuery.After(0, 5, ReadReason.History), CancellationToken.None));
        }
    }

    [Fact]
    public async Task Chats_of_another_version_than_known_are_found_and_the_others_are_not()
    {
        var same = await CommitAsync(New());
        var changed = await CommitTurnsAsync("a", "b");
        var deleted = await CommitAsync(New());
        await Store.DeleteAsync(deleted.Id, CancellationToken.None);
        var found = await Store.FindChangedAsync([new(same.Id, same.Version), new(changed.Id, changed.Version - 1), new(deleted.Id, deleted.Version)], CancellationToken.None);
        Assert.Equal(new HashSet<ChangedChat> { new(changed.Id, changed.Version), new(deleted.Id, null) }, [.. found]);
        Assert.Empty(await Store.FindChangedAsync([], CancellationToken.None));
    }

    [Fact]
    public async Task Chats_whose_known_version_was_made_by_another_commit_are_found()
    {
        var chat = await CommitAsync(New());
        var lost = Decide(chat, new UpdateChat(Title: "lost")).Next;
        var kept = await CommitAsync(Decide(chat, new UpdateChat(Title: "kept")));
        Assert.Equal([new ChangedChat(kept.Id, kept.Version)], await Store.FindChangedAsync([new(kept.Id, kept.Version, lost.CommitId)], CancellationToken.None));
        Assert.Empty(await Store.FindChangedAsync([new(kept.Id, kept.Version, kept.CommitId), new(kept.Id, kept.Version)], CancellationToken.None));
    }

    [Fact]
    public async Task Chats_that_are_taken_for_somebody_elses_or_of_another_epoch_are_found()
    {
        var chat = await CommitAsync(New());
        var (known, changed) = (new KnownChat(chat.Id, chat.Version, chat.CommitId, chat.Owner, chat.Epoch),
            new ChangedChat(chat.Id, chat.Version));
        Assert.Empty(await Store.FindChangedAsync([known], CancellationToken.None));
        Assert.Equal([changed],
            await Store.FindChangedAsync([known with { Owner = "somebody else" }], CancellationToken.None));
        Assert.Equal([changed],
            await Store.FindChangedAsync([known with { Epoch = chat.Epoch + 1 }], CancellationToken.None));
    }
}
