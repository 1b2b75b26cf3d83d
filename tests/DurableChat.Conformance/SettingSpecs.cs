using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Conformance;

/// <summary>
/// What chats, messages and those that wait are answered by is read back as it was committed, and stays where a commit
/// does not speak of it.
/// </summary>
public abstract class SettingSpecs : StoreSpecs
{
    private static readonly GenerationSettings _settings = new()
    {
        ReasoningEffort = "high",
        Temperature = 0.25,
        TopK = 7,
        Seed = long.MinValue,
        Stop = ["\0", "😀"],
        ResponseFormat = JsonElement.Parse("""{"type":"json_schema","schema":{"type":"object","title":"\u0000"}}"""),
        Tools = false,
    };

    [Fact]
    public async Task A_new_chat_keeps_them()
    {
        var create = new CreateChat(ChatId.Create(Harness.Now), "owner", "hello", "demo") { Settings = _settings };
        var created = Accept(ChatRules.Decide(create, Context));
        await CommitAsync(created);
        await AssertStoredAsync(created.Next);
        AssertSame(created.Appended, await ReadAllAsync(created.Next.Id));
    }

    [Fact]
    public async Task A_change_is_kept_through_commits_that_do_not_speak_of_it_and_can_be_undone()
    {
        var chat = await CommitAsync(
            Decide(await CommitAsync(New()), new UpdateChat { Model = "other", Settings = _settings }));
        await AssertStoredAsync(chat);
        chat = await CommitAsync(Decide(chat, new UpdateChat(Title: "renamed")));
        chat = await CommitAsync(Decide(chat, new SendMessage("more") { ClaimBy = "replica" }));
        await AssertStoredAsync(chat);
        Assert.Equal(
            "other", Assert.Single(
                await Store.ListAsync("owner", new ChatListQuery(10), CancellationToken.None)).Model);
        chat = await CommitAsync(Decide(chat, new UpdateChat { Model = "demo", Settings = new GenerationSettings() }));
        await AssertStoredAsync(chat);
        Assert.Equal((null, null), (chat.NextModel, chat.Settings));
        Assert.Equal(
            "demo", Assert.Single(await Store.ListAsync("owner", new ChatListQuery(10), CancellationToken.None)).Model);
    }

    [Fact]
    public async Task A_change_with_a_key_is_done_once()
    {
        var chat = await CommitAsync(New());
        var record = new IdempotencyRecord("key", "fingerprint", "outcome", Harness.Now);
        var change = Decide(chat, new UpdateChat { Settings = _settings });
        Assert.IsType<CommitResult.Committed>(await Store.CommitAsync(change, record, CancellationToken.None));
        await AssertStoredAsync(change.Next);
        var again = Decide(change.Next, new UpdateChat { Settings = new GenerationSettings { Seed = 1 } });
        Assert.IsType<CommitResult.Repeated>(await Store.CommitAsync(again, record, CancellationToken.None));
        await AssertStoredAsync(change.Next);
    }

    [Fact]
    public async Task Messages_that_wait_keep_theirs_beside_those_that_have_none()
    {
        var chat = await CommitAsync(New());
        chat = await CommitAsync(Decide(chat, new SendMessage("one") { Model = "other", Settings = _settings }));
        chat = await CommitAsync(Decide(chat, new SendMessage("two")));
        chat = await CommitAsync(Decide(chat, new SendMessage("three") { Settings = _settings }));
        await AssertStoredAsync(chat);
        var finished = Decide(chat, Finish(chat));
        chat = await CommitAsync(finished);
        await AssertStoredAsync(chat);
        Assert.Equal("other", chat.TurnModel);
        var question = (await ReadAllAsync(chat.Id))[^1];
        AssertSame(finished.Appended[^1], question);
        Assert.Equal(("other", _settings), (question.Model, question.Settings));
    }

    private async Task AssertStoredAsync(Chat chat) =>
        AssertSame(chat, await Store.LoadAsync(chat.Id, CancellationToken.None));
}
