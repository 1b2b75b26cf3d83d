using DurableChat.Chats;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Conformance;

/// <summary>
/// One chat of each kind, as every released schema has kept them: what the database of an earlier version holds, and
/// what must be found in it and go on after its schema was brought up to date.
/// </summary>
public static class ReleasedData
{
    /// <summary>When everything happens.</summary>
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private const string Owner = "owner";

    /// <summary>Writes the chats into an empty database.</summary>
    public static async Task FillAsync(IChatStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        var turns = await CreateAsync(store, "turns");
        turns = await CommitAsync(store, turns, Finish(turns));
        turns = await CommitAsync(store, turns, Send("more"), new IdempotencyRecord("key", "fingerprint", "outcome", Now));
        await CommitAsync(store, turns, Finish(turns));

        var edited = await CreateAsync(store, "edited");
        edited = await CommitAsync(store, edited, Finish(edited));
        var target = (await store.ReadMessagesAsync(edited.Id, MessageQuery.One(1, ReadReason.Edit), CancellationToken.None))!.Messages[0];
        edited = await CommitAsync(store, edited, new EditMessage(target, "changed") { ClaimBy = "gone" });
        await CommitAsync(store, edited, Finish(edited));

        var running = await CreateAsync(store, "running");
        running = await CommitAsync(store, running, new RecordAttempt(running.Lease!.Token, running.Generation));
        await CommitAsync(store, running, Send("queued"));

        var asking = await CreateAsync(store, "asking");
        await CommitAsync(store, asking, new EnterRequiresAction(asking.Lease!.Token, asking.Generation)
        {
            Answer = new Answer([new ReasoningPart("hm"), new ToolCallPart("call", "pick", """{"of":[1,2]}""")], FinishReason.ToolCalls),
        });

        var archived = await CreateAsync(store, "archived");
        archived = await CommitAsync(store, archived, Finish(archived));
        await CommitAsync(store, archived, new UpdateChat(Title: "Put away: \u00fc \U0001F600", Archived: true));

        var failed = await CreateAsync(store, "failed");
        await CommitAsync(store, failed, new FailTurn(failed.Lease!.Token, failed.Generation, new ChatError("model_failed", "It failed.", Retryable: true)));

        var deleted = await CreateAsync(store, "deleted");
        await store.DeleteAsync(deleted.Id, CancellationToken.None);
    }

    /// <summary>Looks for the chats, and lets them go on.</summary>
    public static async Task CheckAsync(IChatStore store, ILeaseStore leases)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(leases);
        var turns = await LoadAsync(store, "turns", ChatStatus.Waiting, 1, ["user: turns", "assistant: answer", "user: more", "assistant: answer"]);
        Assert.Equal("outcome", (await store.FindIdempotencyRecordAsync(turns.Id, "key", CancellationToken.None))!.Outcome);
        turns = await CommitAsync(store, turns, Send("again"));
        Assert.Equal(5, turns.LastMessageId);
        turns = await CommitAsync(store, turns, Finish(turns));
        Assert.Equal(6, (await ReadAsync(store, turns)).Length);

        var edited = await LoadAsync(store, "edited", ChatStatus.Waiting, 2, ["user: changed", "assistant: answer"]);
        Assert.Equal(4, edited.LastMessageId);

        var running = await LoadAsync(store, "running", ChatStatus.Running, 1, ["user: running"]);
        Assert.Equal(("queued", 2, "gone"), (Assert.Single(running.Queue).Content, running.Attempt, running.Lease!.Replica));
        var claimable = Assert.Single(await leases.FindClaimableAsync(new ClaimQuery("new", TimeSpan.FromSeconds(20), 10), CancellationToken.None));
        Assert.Equal((running.Id, running.Lease.Token), (claimable.Id, claimable.HolderToken!.Value));
        running = await CommitAsync(store, running, new AcquireLease("new", HolderIsGone: true));
        running = await CommitAsync(store, running, Finish(running));
        Assert.Equal(["user: running", "assistant: answer", "user: queued"], await ReadAsync(store, running));

        var asking = await LoadAsync(store, "asking", ChatStatus.RequiresAction, 1, ["user: asking", "assistant: (hm)pick{\"of\":[1,2]}"]);
        Assert.Equal("pick", Assert.Single(asking.ClientTools).Name);
        await CommitAsync(store, asking, new SubmitToolResults([new ToolResultPart("call", "1", IsError: false)]) { ClaimBy = "new" });

        var archived = await LoadAsync(store, "archived", ChatStatus.Waiting, 1, ["user: archived", "assistant: answer"]);
        Assert.Equal(("Put away: \u00fc \U0001F600", true, Now), (archived.Title, archived.Archived, archived.UpdatedAt));
        Assert.Equal(archived.Id, Assert.Single(await store.ListAsync(Owner, new ChatListQuery(10, Archived: true), CancellationToken.None)).Id);
        Assert.Equal(5, (await store.ListAsync(Owner, new ChatListQuery(10, Archived: false), CancellationToken.None)).Count);

        var failed = await LoadAsync(store, "failed", ChatStatus.Error, 1, ["user: failed"]);
        Assert.Equal(new ChatError("model_failed", "It failed.", Retryable: true), failed.Error);

        Assert.Null(await store.LoadAsync(IdOf("deleted"), CancellationToken.None));
        Assert.IsType<CommitResult.Conflict>(await store.CommitAsync(Create("deleted"), null, CancellationToken.None));
        Assert.IsType<CommitResult.Committed>(await store.CommitAsync(Create("new"), null, CancellationToken.None));
    }

    private static ChatId IdOf(string name) => ChatId.FromIdempotencyKey(Owner, name);

    private static Transition Create(string name) => Accept(ChatRules.Decide(
        new CreateChat(IdOf(name), Owner, name, "demo") { ClaimBy = "gone", ClientTools = [new ClientTool("pick", "Picks one.", """{"type":"object"}""")] }, Context()));

    private static SendMessage Send(string text) => new(text) { ClaimBy = "gone" };

    private static FinishTurn Finish(Chat chat) => new(chat.Lease!.Token, chat.Generation, new Answer([new TextPart("answer")], FinishReason.Stop, new TokenUsage(3, 4)));

    private static async Task<Chat> CreateAsync(IChatStore store, string name)
    {
        var created = Create(name);
        Assert.IsType<CommitResult.Committed>(await store.CommitAsync(created, null, CancellationToken.None));
        return created.Next;
    }

    private static async Task<Chat> CommitAsync(IChatStore store, Chat chat, ChatCommand command, IdempotencyRecord? record = null)
    {
        var transition = Accept(ChatRules.Decide(chat, command, Context()));
        Assert.IsType<CommitResult.Committed>(await store.CommitAsync(transition, record, CancellationToken.None));
        return transition.Next;
    }

    private static async Task<Chat> LoadAsync(IChatStore store, string name, ChatStatus status, long epoch, string[] messages)
    {
        var chat = await store.LoadAsync(IdOf(name), CancellationToken.None);
        Assert.NotNull(chat);
        Assert.Equal((Owner, "demo", status, epoch, Now), (chat.Owner, chat.Model, chat.Status, chat.Epoch, chat.CreatedAt));
        Assert.Equal(messages, await ReadAsync(store, chat));
        return chat;
    }

    private static async Task<string[]> ReadAsync(IChatStore store, Chat chat) =>
        [.. (await store.ReadMessagesAsync(chat.Id, MessageQuery.After(0, 100, ReadReason.History), CancellationToken.None))!.Messages.Select(message =>
            $"{(message.Role == MessageRole.User ? "user" : "assistant")}: {string.Concat(message.Parts.Select(Show))}")];

    private static string Show(MessagePart part) => part switch
    {
        TextPart text => text.Text,
        ReasoningPart reasoning => $"({reasoning.Text})",
        ToolCallPart call => call.Name + call.Arguments,
        _ => "?",
    };

    private static DecisionContext Context() => new(Now, new ChatLimits());

    private static Transition Accept(Decision decision) => Assert.IsType<Decision.Accepted>(decision).Transition.WithCommitId(Guid.NewGuid());
}
