using DurableChat.Chats;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Conformance;

/// <summary>Compare-and-swap, atomicity, fencing.</summary>
public abstract class CommitSpecs : StoreSpecs
{
    [Fact]
    public async Task A_new_chat_is_read_back_as_it_was_committed()
    {
        var created = New("hello 😀");
        await CommitAsync(created);
        AssertSame(created.Next, await Store.LoadAsync(created.Next.Id, CancellationToken.None));
        AssertSame(created.Appended, await ReadAllAsync(created.Next.Id));
    }

    [Fact]
    public async Task A_new_chat_with_a_history_is_read_back_as_it_was_committed()
    {
        var history = Enumerable.Range(0, 600).Select(i => new HistoryEntry(i % 2 == 0 ? MessageRole.User : MessageRole.Assistant, [new TextPart($"said {i}")]) { CreatedAt = Harness.Now.AddDays(-1) });
        var created = Accept(ChatRules.Decide(new CreateChat(ChatId.Create(Harness.Now), "owner", null, "demo") { History = [.. history] }, Context));
        await CommitAsync(created);
        AssertSame(created.Next, await Store.LoadAsync(created.Next.Id, CancellationToken.None));
        AssertSame(created.Appended, await ReadAllAsync(created.Next.Id));
    }

    [Fact]
    public async Task A_chat_that_exists_is_not_created_again()
    {
        var chat = await CommitAsync(New());
        Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(New("other", id: chat.Id), null, CancellationToken.None));
        AssertSame(chat, await Store.LoadAsync(chat.Id, CancellationToken.None));
    }

    [Fact]
    public async Task Of_many_creations_of_one_chat_exactly_one_wins()
    {
        var id = ChatId.Create(Harness.Now);
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i =>
            Task.Run(() => Store.CommitAsync(New($"from {i}", id: id), null, CancellationToken.None))));
        Assert.Single(results.OfType<CommitResult.Committed>());
        Assert.Equal(49, results.OfType<CommitResult.Conflict>().Count());
        Assert.Single(await ReadAllAsync(id));
    }

    [Fact]
    public async Task A_commit_at_another_version_writes_nothing()
    {
        var chat = await CommitAsync(New());
        var renamed = await CommitAsync(Decide(chat, new UpdateChat(Title: "renamed")));
        Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(Decide(chat, new SendMessage("late")), null, CancellationToken.None));
        AssertSame(renamed, await Store.LoadAsync(chat.Id, CancellationToken.None));
        Assert.Single(await ReadAllAsync(chat.Id));
    }

    [Fact]
    public async Task A_commit_upon_another_commit_of_the_same_version_writes_nothing()
    {
        var chat = await CommitAsync(New());

        // As after a failover that lost a commit: the other one has its version.
        var lost = Decide(chat, new UpdateChat(Title: "lost"));
        var kept = await CommitAsync(Decide(chat, new UpdateChat(Title: "kept")));
        Assert.Equal(kept.Version, lost.Next.Version);
        Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(Decide(lost.Next, new SendMessage("upon it")), null, CancellationToken.None));
        AssertSame(kept, await Store.LoadAsync(chat.Id, CancellationToken.None));
        await CommitAsync(Decide(kept, new SendMessage("upon the other")));
    }

    [Fact]
    public async Task A_commit_needs_an_id_of_its_own()
    {
        var transition = New();
        await Assert.ThrowsAsync<ArgumentException>(() => Store.CommitAsync(transition.WithCommitId(Guid.Empty), null, CancellationToken.None));
        var chat = await CommitAsync(transition);
        await Assert.ThrowsAsync<ArgumentException>(() => Store.CommitAsync(Decide(chat, new SendMessage("next")).WithCommitId(chat.CommitId), null, CancellationToken.None));
    }

    [Fact]
    public async Task A_commit_to_a_chat_that_does_not_exist_is_a_conflict()
    {
        var chat = New().Next;
        Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(Decide(chat, new SendMessage("to nobody")), null, CancellationToken.None));
        Assert.Null(await Store.LoadAsync(chat.Id, CancellationToken.None));
    }

    [Fact]
    public async Task A_worker_whose_lease_was_taken_cannot_commit_even_at_the_right_version()
    {
        var chat = await CommitAsync(New());
        var taken = await CommitAsync(Decide(chat, new AcquireLease("other", HolderIsGone: true)));

        // A transition with the right version and the wrong token, such as only a broken program could make.
        var forged = Decide(taken, Finish(taken)) with { FencingToken = chat.Lease!.Token };
        Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(forged, null, CancellationToken.None));
        AssertSame(taken, await Store.LoadAsync(chat.Id, CancellationToken.None));
    }

    [Fact]
    public async Task A_worker_whose_lease_has_ended_cannot_commit_even_at_the_right_version()
    {
        var chat = await CommitAsync(New());
        var ended = await CommitAsync(Decide(chat, new ReleaseLease(chat.Lease!.Token, chat.Generation, null)));
        Assert.Null(ended.Lease);
        var forged = Decide(ended, new SendMessage("next")) with { FencingToken = chat.Lease!.Token };
        Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(forged, null, CancellationToken.None));
        AssertSame(ended, await Store.LoadAsync(chat.Id, CancellationToken.None));
    }

    [Fact]
    public async Task Of_many_commits_at_one_version_exactly_one_wins()
    {
        var chat = await CommitAsync(New());
        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(i =>
            Task.Run(() => Store.CommitAsync(Decide(chat, new SendMessage($"from {i}")), null, CancellationToken.None))));
        Assert.Single(results.OfType<CommitResult.Committed>());
        Assert.Equal(99, results.OfType<CommitResult.Conflict>().Count());
        Assert.Single((await Store.LoadAsync(chat.Id, CancellationToken.None))!.Queue);
    }

    [Fact]
    public async Task Commits_to_many_chats_at_once_do_not_disturb_each_other()
    {
        var chats = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => CommitTurnsAsync($"a {i}", $"b {i}"))));
        foreach (var (chat, i) in chats.Select((chat, i) => (chat, i)))
        {
            Assert.Equal([$"a {i}", "answer", $"b {i}", "answer"], (await ReadAllAsync(chat.Id)).Select(Text));
        }
    }

    [Fact]
    public async Task Every_field_of_a_chat_survives()
    {
        var tools = new ClientTool[] { new("pick", "Picks \"one\".", """{"type":"object"}""") };
        var transition = Accept(ChatRules.Decide(
            new CreateChat(ChatId.Create(Harness.Now), "owner", "hello", "demo") { ClaimBy = "replica", ClientTools = tools, Title = "a title", FirstEpoch = 1_770_000_000_000 },
            new DecisionContext(Harness.Now, new ChatLimits())));
        var chat = await CommitAsync(transition);
        chat = await CommitAsync(Decide(chat, new SendMessage("first in line")));
        chat = await CommitAsync(Decide(chat, new RecordRetry(chat.Lease!.Token, chat.Generation, new ChatError("c", "m", true), 5, TimeSpan.FromSeconds(3)) { FallbackModel = "other" }));
        AssertSame(chat, await Store.LoadAsync(chat.Id, CancellationToken.None));
        chat = await CommitAsync(Decide(chat, new RecordAttempt(chat.Lease!.Token, chat.Generation)));
        var call = new ToolCallPart("call", "pick", """{"a":"ä\u0000"}""");
        chat = await CommitAsync(Decide(chat, new EnterRequiresAction(chat.Lease!.Token, chat.Generation) { Answer = new Answer([new ReasoningPart("hm"), call], FinishReason.ToolCalls) }));
        AssertSame(chat, await Store.LoadAsync(chat.Id, CancellationToken.None));
        chat = await CommitAsync(Decide(chat, new SubmitToolResults([new ToolResultPart("call", "no", IsError: true)]) { ClaimBy = "replica" }));
        chat = await CommitAsync(Decide(chat, new FailTurn(chat.Lease!.Token, chat.Generation, new ChatError("x", "y", false))));
        chat = await CommitAsync(Decide(chat, new UpdateChat(Archived: true)));
        AssertSame(chat, await Store.LoadAsync(chat.Id, CancellationToken.None));
        Assert.NotEmpty(chat.Queue);
    }

    [Fact]
    public async Task Every_field_and_part_of_a_message_survives()
    {
        var created = New();
        MessagePart[] parts =
        [
            new ReasoningPart("hm"), new TextPart("let me see"), new SourcePart("https://example.org/whale", "Whales"), new SourcePart("https://example.org/", null),
            new RefusalPart("no"), new ProviderToolPart("web_search", "whale"), new FilePart("image/png", "AAEC"),
            new ToolCallPart("1", "one", "{ }"), new ToolCallPart("2", "two", """{"a":[1,"\u0000"]}"""),
        ];
        var usage = new TokenUsage(1, 2) { CacheReadTokens = 3, CacheWriteTokens = 4, ReasoningTokens = 5, Cost = 0.0000123m };
        var replay = new Replay("wire", "host", "model", "account", ["{ \"b\": 1, \"a\": \"\\u00e4\\u0000\" }", "[]"]) { Prefix = "prefix", EndsEarlier = true };
        var step = Decide(await CommitAsync(created), new CommitStep(created.Next.Lease!.Token, created.Next.Generation)
        {
            Answer = new Answer(parts, FinishReason.ToolCalls, usage) { Replay = replay, Instructions = ["be \"brief\""] },
            Results = [new ToolResultPart("1", """{"b":null}"""), new ToolResultPart("2", "broken", IsError: true)],
        });
        var chat = await CommitAsync(step);
        var expected = created.Appended.Concat(step.Appended).ToList();
        foreach (var reason in Enum.GetValues<FinishReason>())
        {
            var finish = Decide(chat, new FinishTurn(chat.Lease!.Token, chat.Generation, new Answer([new TextPart($"{reason}")], reason)));
            var next = Decide(await CommitAsync(finish), new SendMessage("next") { ClaimBy = "replica" });
            chat = await CommitAsync(next);
            expected.AddRange([.. finish.Appended, .. next.Appended]);
        }

        var read = await ReadAllAsync(chat.Id);
        AssertSame<IReadOnlyList<Message>>(expected, read);

        // What clients are not sent is kept to the byte.
        var answer = read.First(message => message.Role == MessageRole.Assistant);
        Assert.Equal(replay.Items, answer.Replay!.Items);
        Assert.Equal(replay with { Items = answer.Replay.Items }, answer.Replay);
        Assert.Equal("be \"brief\"", Assert.Single(answer.Instructions));
        Assert.Equal(usage, answer.Usage);
        Assert.All(read.Where(message => message != answer), message => Assert.Null(message.Replay));
    }

    [Fact]
    public async Task A_message_that_waited_keeps_its_number_of_the_queue()
    {
        var chat = await CommitAsync(New());
        chat = await CommitAsync(Decide(chat, new SendMessage("same")));
        chat = await CommitAsync(Decide(chat, new SendMessage("same")));
        chat = await CommitAsync(Decide(chat, new DeleteQueued(1)));
        chat = await CommitAsync(Decide(chat, Finish(chat)));
        Assert.Equal([null, null, 2L], (await ReadAllAsync(chat.Id)).Select(message => message.QueuedId));
    }

    [Fact]
    public async Task Half_a_surrogate_pair_becomes_a_replacement_character()
    {
        var chat = await CommitAsync(New("half \ud83d"));
        await CommitAsync(Decide(chat, new SendMessage("\ude00 half")));
        Assert.Equal("half \ufffd", Text((await ReadAllAsync(chat.Id)).Single()));
        Assert.Equal("\ufffd half", (await Store.LoadAsync(chat.Id, CancellationToken.None))!.Queue.Single().Content);
    }

    [Fact]
    public async Task Messages_read_as_they_were_published()
    {
        var chat = await CommitAsync(New("NUL \0, quote \", line\nbreak, emoji 😀, ﷽"));
        var transition = Decide(chat, Finish(chat, new string('ü', 1_000_000)));
        await CommitAsync(transition);
        AssertSame(transition.Appended[^1], (await ReadAllAsync(chat.Id))[^1]);
        Assert.Equal("NUL \0, quote \", line\nbreak, emoji 😀, ﷽", Text((await ReadAllAsync(chat.Id))[0]));
    }

    [Fact]
    public async Task The_queue_keeps_its_order_and_its_odd_texts()
    {
        var chat = await CommitAsync(New());
        chat = await CommitAsync(Decide(chat, new SendMessage("one \0")));
        chat = await CommitAsync(Decide(chat, new SendMessage("two")));
        chat = await CommitAsync(Decide(chat, new SendMessage("urgent", BusyBehavior.Interrupt)));
        var read = await Store.LoadAsync(chat.Id, CancellationToken.None);
        Assert.Equal(["urgent", "one \0", "two"], read!.Queue.Select(queued => queued.Content));
        chat = await CommitAsync(Decide(read, new DeleteQueued(1)));
        AssertSame(chat, await Store.LoadAsync(chat.Id, CancellationToken.None));
    }

    private static string Text(Message message) => ((TextPart)message.Parts[0]).Text;
}
