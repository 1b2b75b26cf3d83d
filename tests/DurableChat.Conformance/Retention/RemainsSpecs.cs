using DurableChat.Chats;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Conformance;

/// <summary>What deleted chats and old requests leave, and how it goes.</summary>
public abstract class RemainsSpecs : StoreSpecs
{
    [Fact]
    public async Task A_large_chat_is_gone_at_once_and_what_it_had_goes_in_slices()
    {
        var chat = await CommitAsync(Large(messages: (2 * DeletionSlice.Rows) + 100));
        Assert.True(await Store.DeleteAsync(chat.Id, CancellationToken.None));
        Assert.Null(await Store.LoadAsync(chat.Id, CancellationToken.None));
        Assert.Null(await Store.ReadMessagesAsync(chat.Id, MessageQuery.After(0, 5, ReadReason.History), CancellationToken.None));
        Assert.Empty(await Store.ListAsync("owner", new ChatListQuery(5), CancellationToken.None));
        Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(New("again", id: chat.Id), null, CancellationToken.None));

        Assert.Equal(DeletionSlice.Rows + 100, await Harness.CountMessagesAsync(chat.Id));
        Assert.Equal(chat.Id, Assert.Single(await Harness.Retention.FindRemainsAsync(default, 10, CancellationToken.None)));
        Assert.True(await Harness.Retention.RemoveRemainsAsync(chat.Id, CancellationToken.None));
        Assert.Equal(100, await Harness.CountMessagesAsync(chat.Id));
        Assert.False(await Harness.Retention.RemoveRemainsAsync(chat.Id, CancellationToken.None));
        Assert.Equal(0, await Harness.CountMessagesAsync(chat.Id));
        Assert.Empty(await Harness.Retention.FindRemainsAsync(default, 10, CancellationToken.None));
        Assert.False(await Harness.Retention.RemoveRemainsAsync(chat.Id, CancellationToken.None));
        Assert.False(await Store.DeleteAsync(chat.Id, CancellationToken.None));
    }

    [Fact]
    public async Task A_slice_is_bounded_in_bytes_and_never_empty_for_that()
    {
        var half = new string('x', (int)(DeletionSlice.Bytes / 2) + 1_000);
        var chat = await CommitAsync(Large(messages: 6, half));
        await Store.DeleteAsync(chat.Id, CancellationToken.None);
        Assert.Equal(4, await Harness.CountMessagesAsync(chat.Id));
        Assert.True(await Harness.Retention.RemoveRemainsAsync(chat.Id, CancellationToken.None));
        Assert.False(await Harness.Retention.RemoveRemainsAsync(chat.Id, CancellationToken.None));
        Assert.Equal(0, await Harness.CountMessagesAsync(chat.Id));
    }

    [Fact]
    public async Task What_a_small_chat_had_goes_with_it()
    {
        var chat = await CommitTurnsAsync("a", "b");
        await CommitAsync(Decide(chat, new SendMessage("c")), new IdempotencyRecord("key", "f", "o", Harness.Now));
        await Store.DeleteAsync(chat.Id, CancellationToken.None);
        Assert.Equal((0, 0), (await Harness.CountMessagesAsync(chat.Id), await Harness.CountKeysAsync(chat.Id)));
        Assert.Empty(await Harness.Retention.FindRemainsAsync(default, 10, CancellationToken.None));
    }

    [Fact]
    public async Task Remains_are_found_page_by_page()
    {
        var deleted = new List<ChatId>();
        for (var i = 0; i < 3; i++)
        {
            var chat = await CommitAsync(Large(messages: DeletionSlice.Rows + 2));
            await Store.DeleteAsync(chat.Id, CancellationToken.None);
            deleted.Add(chat.Id);
        }

        deleted.Sort((one, other) => string.CompareOrdinal(one.Value, other.Value));
        var first = await Harness.Retention.FindRemainsAsync(default, 2, CancellationToken.None);
        Assert.Equal(deleted.Take(2), first);
        Assert.Equal(deleted.Skip(2), await Harness.Retention.FindRemainsAsync(first[^1], 2, CancellationToken.None));
    }

    [Fact]
    public async Task Nothing_is_removed_of_a_chat_that_is_not_deleted()
    {
        var chat = await CommitTurnsAsync("a", "b");
        Assert.False(await Harness.Retention.RemoveRemainsAsync(chat.Id, CancellationToken.None));
        Assert.Equal(4, (await ReadAllAsync(chat.Id)).Count);
    }

    [Fact]
    public async Task Expired_keys_of_a_chat_that_nobody_writes_to_are_removed_and_the_others_stay()
    {
        var chat = await CommitAsync(New());
        chat = await CommitAsync(Decide(chat, new SendMessage("old")), new IdempotencyRecord("old", "f", "o", Harness.Now));
        Assert.False(await Harness.Retention.RemoveExpiredAsync(ExpiredKind.IdempotencyKeys, CancellationToken.None));
        Assert.Equal(1, await Harness.CountKeysAsync(chat.Id));
        await Harness.AdvanceAsync(IdempotencyRecord.Lifetime + TimeSpan.FromSeconds(1));
        var other = await CommitAsync(New(), new IdempotencyRecord("new", "f", "o", Harness.Now));
        Assert.False(await Harness.Retention.RemoveExpiredAsync(ExpiredKind.IdempotencyKeys, CancellationToken.None));
        Assert.Equal((0, 1), (await Harness.CountKeysAsync(chat.Id), await Harness.CountKeysAsync(other.Id)));
    }

    [Fact]
    public async Task A_gravestone_goes_after_its_time_and_then_the_id_may_be_a_new_chat()
    {
        var chat = await CommitTurnsAsync("a");
        await Store.DeleteAsync(chat.Id, CancellationToken.None);
        await Harness.AdvanceAsync(Gravestones.Lifetime - TimeSpan.FromHours(1));
        Assert.False(await Harness.Retention.RemoveExpiredAsync(ExpiredKind.Gravestones, CancellationToken.None));
        Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(New("too early", id: chat.Id), null, CancellationToken.None));
        await Harness.AdvanceAsync(TimeSpan.FromHours(2));
        Assert.False(await Harness.Retention.RemoveExpiredAsync(ExpiredKind.Gravestones, CancellationToken.None));
        await CommitAsync(New("in time", id: chat.Id));
        Assert.Single(await ReadAllAsync(chat.Id));
    }

    [Fact]
    public async Task A_gravestone_stays_as_long_as_something_is_left_of_the_chat()
    {
        var chat = await CommitAsync(Large(messages: DeletionSlice.Rows + 2));
        await Store.DeleteAsync(chat.Id, CancellationToken.None);
        await Harness.AdvanceAsync(Gravestones.Lifetime + TimeSpan.FromHours(1));
        await Harness.Retention.RemoveExpiredAsync(ExpiredKind.Gravestones, CancellationToken.None);
        Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(New("too early", id: chat.Id), null, CancellationToken.None));
        Assert.Equal(chat.Id, Assert.Single(await Harness.Retention.FindRemainsAsync(default, 10, CancellationToken.None)));
    }

    private Transition Large(int messages, string text = "said") => Accept(ChatRules.Decide(
        new CreateChat(ChatId.Create(Harness.Now), "owner", null, "demo")
        {
            History = [.. Enumerable.Range(0, messages).Select(i => new HistoryEntry(i % 2 == 0 ? MessageRole.User : MessageRole.Assistant, [new TextPart(text)]))],
        },
        new DecisionContext(Harness.Now, new ChatLimits { MaxMessageBytes = 8 * 1024 * 1024 })));
}
