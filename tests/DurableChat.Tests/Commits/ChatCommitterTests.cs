using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Commits;

public sealed class ChatCommitterTests
{
    private readonly FakeStore _store = new();

    [Fact]
    public async Task A_conflict_with_another_replica_is_decided_anew()
    {
        var (here, there) = (Node("here"), Node("there"));
        var id = await here.CreateAsync();
        await here.FollowAsync(id, screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        await there.ExecuteAsync(id, new UpdateChat(Title: "renamed there"));

        // Here the chat is remembered as it was before.
        Assert.IsType<CommandResult.Committed>(await here.ExecuteAsync(id, new UpdateChat(Archived: true)));
        Assert.Equal(("renamed there", true), (_store.State(id).Title, _store.State(id).Archived));
    }

    [Fact]
    public async Task A_commit_upon_what_a_failover_has_lost_is_decided_again_and_begins_an_epoch_that_nobody_has_seen()
    {
        var (here, there) = (Node("here"), Node("there"));
        var id = await here.CreateAsync();
        var screen = await here.FollowAsync(id, screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        var (before, history) = (_store.State(id), _store.History(id));
        await here.ExecuteAsync(id, new UpdateChat(Title: "lost"));
        _store.Lose(new Transition { Next = before }, history);
        await there.ExecuteAsync(id, new UpdateChat(Title: "kept"));
        Assert.Equal(before.Epoch, _store.State(id).Epoch);
        Assert.IsType<CommandResult.Committed>(await here.ExecuteAsync(id, new UpdateChat(Archived: true)));
        Assert.Equal(("kept", true, before.Epoch + 1), (_store.State(id).Title, _store.State(id).Archived, _store.State(id).Epoch));

        // One that was away meanwhile has a position that would fit both histories.
        screen = await Node("elsewhere").FollowAsync(id, screen => screen.Resets == 1 && screen.Ids.Count == 2, screen);
        Assert.Equal(history.Select(message => message.Id), screen.Ids);
    }

    [Fact]
    public async Task A_remembered_state_does_not_refuse_what_the_present_one_allows()
    {
        var (here, there) = (Node("here"), Node("there"));
        var id = await here.CreateAsync();
        await here.FollowAsync(id, screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        await here.ExecuteAsync(id, new UpdateChat(Archived: true));
        await there.ExecuteAsync(id, new UpdateChat(Archived: false));
        Assert.IsType<CommandResult.Committed>(await here.ExecuteAsync(id, new SendMessage("allowed again")));
    }

    [Fact]
    public async Task A_remembered_state_does_not_say_that_there_is_nothing_to_do()
    {
        var (here, there) = (Node("here"), Node("there"));
        var id = await here.CreateAsync();
        await here.FollowAsync(id, screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        await here.ExecuteAsync(id, new UpdateChat(Archived: true));
        await there.ExecuteAsync(id, new UpdateChat(Archived: false));
        Assert.IsType<CommandResult.Committed>(await here.ExecuteAsync(id, new UpdateChat(Archived: true)));
        Assert.True(_store.State(id).Archived);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task A_refusal_needs_a_load_only_if_others_can_write_to_the_store(bool isShared, int loads)
    {
        var store = new FakeStore { IsShared = isShared };
        var node = new Node(store, ScriptedModel.Answering());
        var id = await node.CreateAsync();
        await node.FollowAsync(id, screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        await node.ExecuteAsync(id, new UpdateChat(Archived: true));
        var before = store.Loads;
        Assert.IsType<CommandResult.Refused>(await node.ExecuteAsync(id, new SendMessage("to an archived chat")));
        Assert.Equal(before + loads, store.Loads);
    }

    [Fact]
    public async Task A_repetition_of_what_found_nothing_to_do_does_nothing_later()
    {
        var node = Node("a");
        var id = await node.CreateAsync();
        await node.FollowAsync(id, screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        await node.ExecuteAsync(id, new UpdateChat(Archived: true));
        Assert.IsType<CommandResult.Committed>(await ArchiveAsync());
        await node.ExecuteAsync(id, new UpdateChat(Archived: false));
        Assert.IsType<CommandResult.Repeated>(await ArchiveAsync());
        Assert.False(_store.State(id).Archived);

        Task<CommandResult> ArchiveAsync() =>
            node.Chats.ExecuteAsync("owner", id, new UpdateChat(Archived: true), new IdempotencyRequest("key", "archive", _ => "archived"), CancellationToken.None);
    }

    [Fact]
    public async Task Many_that_send_at_once_through_two_replicas_are_all_heard_once()
    {
        var (here, there) = (Node("here"), Node("there"));
        var id = await here.CreateAsync();
        var sent = await Task.WhenAll(Enumerable.Range(0, 15).Select(i => Task.Run(() => (i % 2 == 0 ? here : there).ExecuteAsync(id, new SendMessage($"m{i}")))));
        Assert.All(sent, result => Assert.IsType<CommandResult.Committed>(result));

        // Not by following here: nobody tells this replica of a turn that the other one took.
        await Eventually.IsAsync(() => !(_store.State(id).Status != ChatStatus.Waiting || _store.History(id).Count(message => message.Role == MessageRole.User) < 16));

        var texts = _store.History(id).Where(message => message.Role == MessageRole.User).Select(message => ((TextPart)message.Parts[0]).Text).ToArray();
        Assert.Equal(Enumerable.Range(0, 15).Select(i => $"m{i}").Append("hello").Order(), texts.Order());
    }

    [Fact]
    public async Task Two_requests_cannot_both_take_the_last_place_in_the_queue()
    {
        var node = new Node(_store, new ScriptedModel((_, _, ct) => Silence(ct)));
        var id = await node.CreateAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(() => node.ExecuteAsync(id, new SendMessage($"m{i}")))));
        Assert.Equal(20, results.Count(result => result is CommandResult.Committed));
        Assert.All(results.OfType<CommandResult.Refused>(), refused => Assert.Equal(RefusalCode.QueueFull, refused.Refusal.Code));
        Assert.Equal(20, _store.State(id).Queue.Count);
    }

    [Fact]
    public async Task A_caller_that_goes_away_does_not_undo_its_commit()
    {
        var node = Node("a");
        var id = await node.CreateAsync();

        // The worker's commit would be taken for the caller's.
        await node.FollowAsync(id, screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        using var gone = new CancellationTokenSource();
        _store.Before = call =>
        {
            if (call == "commit")
            {
                gone.Cancel();
            }

            return Task.CompletedTask;
        };
        Assert.IsType<CommandResult.Committed>(await node.Chats.ExecuteAsync("owner", id, new UpdateChat(Title: "kept"), null, gone.Token));
        Assert.Equal("kept", _store.State(id).Title);
    }

    [Fact]
    public async Task Nothing_is_shown_before_it_is_durable()
    {
        var node = Node("a");
        var id = await node.CreateAsync();
        await node.FollowAsync(id, screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        var (committing, durable) = (new TaskCompletionSource(), new TaskCompletionSource());
        _store.Before = call =>
        {
            if (call == "commit")
            {
                committing.TrySetResult();
                return durable.Task;
            }

            return Task.CompletedTask;
        };
        using var pin = node.Feeds.Pin(id);
        var before = pin.Feed.TryGetChat();
        var sent = node.ExecuteAsync(id, new SendMessage("next"));
        await committing.Task;
        Assert.Same(before, pin.Feed.TryGetChat());
        durable.SetResult();
        Assert.IsType<CommandResult.Committed>(await sent);
        await node.FollowAsync(id, screen => screen.Texts.Contains("next"));
    }

    [Fact]
    public async Task Chats_of_others_are_like_chats_that_do_not_exist()
    {
        var node = Node("a");
        var id = await node.CreateAsync();
        Assert.IsType<CommandResult.NotFound>(await node.Chats.ExecuteAsync("thief", id, new Interrupt(), null, CancellationToken.None));
        Assert.IsType<CommandResult.NotFound>(await node.Chats.EditAsync("thief", id, 1, "mine now", null, CancellationToken.None));
        Assert.Null(await node.Chats.GetAsync("thief", id, CancellationToken.None));
        Assert.Null(await node.Chats.SubscribeAsync("thief", id, default, CancellationToken.None));
        Assert.Null(await node.Chats.ReadMessagesAsync("thief", id, MessageQuery.After(0, 1, ReadReason.History), CancellationToken.None));
        Assert.False(await node.Chats.DeleteAsync("thief", id, CancellationToken.None));
    }

    [Fact]
    public async Task A_request_for_a_chat_of_others_asks_the_store_as_often_as_one_for_a_missing_chat()
    {
        var node = Node("a");
        var id = await node.CreateAsync();
        await node.FollowAsync(id, screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        foreach (var target in new[] { ChatId.Create(node.Time.GetUtcNow()), id })
        {
            var before = _store.Loads;
            Assert.IsType<CommandResult.NotFound>(await node.Chats.ExecuteAsync("thief", target, new Interrupt(), null, CancellationToken.None));
            Assert.Equal(before + 1, _store.Loads);
            Assert.False(await node.Chats.DeleteAsync("thief", target, CancellationToken.None));
            Assert.Equal(before + 2, _store.Loads);
        }

        // Nor does one that is not in memory take longer.
        var cold = _store.Loads;
        Assert.Null(await Node("b").Chats.GetAsync("thief", id, CancellationToken.None));
        Assert.Equal(cold + 1, _store.Loads);
    }

    [Fact]
    public async Task A_creation_that_is_repeated_while_its_outcome_is_looked_up_is_driven()
    {
        var (failures, lookUp, looking) = (1, new TaskCompletionSource(), new TaskCompletionSource());
        _store.Before = call =>
        {
            if (call == "commit" && Interlocked.Decrement(ref failures) >= 0)
            {
                return Task.FromException(new ChatStoreException("away"));
            }

            if (call == "load" && !lookUp.Task.IsCompleted)
            {
                looking.TrySetResult();
                return lookUp.Task;
            }

            return Task.CompletedTask;
        };
        var node = Node("a");
        var idempotency = new IdempotencyRequest("key", "fingerprint", transition => $"{transition.Next.Version}");
        await Assert.ThrowsAsync<ChatStoreException>(() => node.Chats.CreateAsync("owner", new NewChat("once"), idempotency, CancellationToken.None));
        await looking.Task;
        var repeated = node.Chats.CreateAsync("owner", new NewChat("once"), idempotency, CancellationToken.None);

        // Whoever holds the feed of the chat that was not there keeps it until the chat is.
        using var pin = node.Feeds.Pin(ChatId.FromIdempotencyKey("owner", "key"));
        lookUp.SetResult();
        Assert.IsType<CommandResult.Committed>(await repeated);
        var screen = await node.FollowAsync(pin.Feed.Id, shown => shown.Status == "waiting" && shown.Ids.Count == 2).WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(["once", "answer 1"], screen.Texts);
    }

    [Fact]
    public async Task A_key_of_another_request_is_told_even_if_the_command_would_change_nothing()
    {
        var node = new Node(_store, new ScriptedModel((_, _, ct) => Silence(ct)));
        var id = await node.CreateAsync();
        var sent = new IdempotencyRequest("key", "sent", transition => $"{transition.Next.Version}");
        await node.Chats.ExecuteAsync("owner", id, new SendMessage("queued"), sent, CancellationToken.None);
        await node.ExecuteAsync(id, new UpdateChat(Title: "same"));
        var repeated = await node.Chats.ExecuteAsync("owner", id, new UpdateChat(Title: "same"), sent with { Fingerprint = "other" }, CancellationToken.None);
        Assert.Equal("sent", Assert.IsType<CommandResult.Repeated>(repeated).Record.Fingerprint);
    }

    [Fact]
    public async Task Guessing_ids_fills_no_memory()
    {
        var node = Node("a");
        for (var i = 0; i < 100; i++)
        {
            Assert.Null(await node.Chats.GetAsync("owner", ChatId.Create(node.Time.GetUtcNow()), CancellationToken.None));
        }

        Assert.Equal(0, node.Feeds.Count);
    }

    [Fact]
    public async Task A_repeated_request_is_done_once()
    {
        var node = Node("a");
        var idempotency = new IdempotencyRequest("key", "fingerprint", transition => $"{transition.Next.Version}");
        var first = (CommandResult.Committed)await node.Chats.CreateAsync("owner", new NewChat("once"), idempotency, CancellationToken.None);
        var second = (CommandResult.Repeated)await node.Chats.CreateAsync("owner", new NewChat("once"), idempotency, CancellationToken.None);
        Assert.Equal("1", second.Record.Outcome);
        var id = first.Transition.Next.Id;
        await node.Chats.ExecuteAsync("owner", id, new SendMessage("once"), idempotency with { Key = "other" }, CancellationToken.None);
        Assert.IsType<CommandResult.Repeated>(await node.Chats.ExecuteAsync("owner", id, new SendMessage("once"), idempotency with { Key = "other" }, CancellationToken.None));

        // Even when the chat would refuse it by now.
        await node.ExecuteAsync(id, new UpdateChat(Archived: true));
        Assert.IsType<CommandResult.Repeated>(await node.Chats.ExecuteAsync("owner", id, new SendMessage("once"), idempotency with { Key = "other" }, CancellationToken.None));
    }

    private static async IAsyncEnumerable<Microsoft.Extensions.AI.AIContent> Silence([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        yield break;
    }

    private Node Node(string replica) => new(_store, ScriptedModel.Answering(), replica);
}
