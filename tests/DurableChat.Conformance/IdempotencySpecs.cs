using DurableChat.Chats;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Conformance;

/// <summary>Doing things once only.</summary>
public abstract class IdempotencySpecs : StoreSpecs
{
    [Fact]
    public async Task A_repeated_key_writes_nothing_and_gives_the_first_outcome()
    {
        var chat = await CommitAsync(New());
        var first = Record("key", "what came of it");
        chat = await CommitAsync(Decide(chat, new SendMessage("once")), first);
        var repeated = await Store.CommitAsync(Decide(chat, new SendMessage("once")), Record("key", "something else"), CancellationToken.None);

        // When it was committed is by the store's clock, so that replicas whose clocks differ agree on when a key expires.
        var repetition = Assert.IsType<CommitResult.Repeated>(repeated).Record;
        AssertSame(first, repetition with { CreatedAt = first.CreatedAt });
        Assert.Single((await Store.LoadAsync(chat.Id, CancellationToken.None))!.Queue);
        AssertSame(repetition, await Store.FindIdempotencyRecordAsync(chat.Id, "key", CancellationToken.None));
    }

    [Fact]
    public async Task A_repetition_is_known_even_at_an_old_version()
    {
        var chat = await CommitAsync(New());
        var transition = Decide(chat, new SendMessage("once"));
        await CommitAsync(transition, Record("key", "first"));
        Assert.IsType<CommitResult.Repeated>(await Store.CommitAsync(transition, Record("key", "second"), CancellationToken.None));
    }

    [Fact]
    public async Task A_key_of_a_commit_that_conflicted_is_not_kept()
    {
        var chat = await CommitAsync(New());
        await CommitAsync(Decide(chat, new UpdateChat(Title: "other")));
        Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(Decide(chat, new SendMessage("late")), Record("key", "never"), CancellationToken.None));
        Assert.Null(await Store.FindIdempotencyRecordAsync(chat.Id, "key", CancellationToken.None));
    }

    [Fact]
    public async Task Keys_belong_to_one_chat()
    {
        var (one, other) = (await CommitAsync(New()), await CommitAsync(New()));
        await CommitAsync(Decide(one, new SendMessage("a")), Record("key", "one"));
        await CommitAsync(Decide(other, new SendMessage("b")), Record("key", "other"));
    }

    [Fact]
    public async Task Of_many_requests_with_one_key_exactly_one_is_done()
    {
        var chat = await CommitAsync(New());
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ =>
            Task.Run(() => Store.CommitAsync(Decide(chat, new SendMessage("once")), Record("key", "done"), CancellationToken.None))));
        Assert.Single(results.OfType<CommitResult.Committed>());
        Assert.Equal(49, results.OfType<CommitResult.Repeated>().Count());
    }

    [Fact]
    public async Task A_key_is_forgotten_after_its_lifetime()
    {
        var chat = await CommitAsync(New());
        chat = await CommitAsync(Decide(chat, new SendMessage("once")), Record("key", "first"));
        await Harness.AdvanceAsync(IdempotencyRecord.Lifetime + TimeSpan.FromSeconds(1));
        Assert.Null(await Store.FindIdempotencyRecordAsync(chat.Id, "key", CancellationToken.None));
        await CommitAsync(Decide(chat, new SendMessage("again")), Record("key", "second"));
        Assert.Equal("second", (await Store.FindIdempotencyRecordAsync(chat.Id, "key", CancellationToken.None))!.Outcome);
    }

    [Fact]
    public async Task Expired_keys_of_a_chat_that_continues_are_removed()
    {
        var chat = await CommitAsync(New());
        for (var turn = 0; turn < 10; turn++)
        {
            chat = await SendWithKeyAsync(chat, $"old-{turn}");
        }

        await Harness.AdvanceAsync(IdempotencyRecord.Lifetime + TimeSpan.FromSeconds(1));
        for (var turn = 0; turn < 40; turn++)
        {
            chat = await SendWithKeyAsync(chat, $"new-{turn}");
        }

        Assert.False(await Harness.Retention.RemoveExpiredAsync(ExpiredKind.IdempotencyKeys, CancellationToken.None));
        Assert.Equal(40, await Harness.CountKeysAsync(chat.Id));
    }

    /// <summary>One turn, as most are: a message with a key, and an answer without.</summary>
    private async Task<Chat> SendWithKeyAsync(Chat chat, string key)
    {
        chat = await CommitAsync(Decide(chat, Finish(chat)));
        return await CommitAsync(Decide(chat, new SendMessage(key) { ClaimBy = "replica" }), Record(key, "sent"));
    }

    private IdempotencyRecord Record(string key, string outcome) => new(key, "fingerprint", outcome, new DecisionContext(Harness.Now, new ChatLimits()).Now);
}
