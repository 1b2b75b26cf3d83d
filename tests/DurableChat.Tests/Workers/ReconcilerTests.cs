using System.Collections.Concurrent;
using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using DurableChat.Workers;
using Microsoft.Extensions.AI;
using Xunit;

namespace DurableChat.Tests.Workers;

/// <summary>Whatever event is late, lost or doubled: what is driven comes to fit what the store has.</summary>
public sealed class ReconcilerTests
{
    private static readonly Func<Screen, bool> _ended = screen => screen.Status is "waiting" or "error" && screen.Ids.Count > 1;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_that_becomes_visible_after_its_doubt_was_looked_at_is_driven()
    {
        var node = new Node(new FakeStore(), ScriptedModel.Answering());
        var id = await node.CreateAsync();
        await node.FollowAsync(id, _ended);
        var looked = new TaskCompletionSource();
        node.Store.Before = call => call == "commit" ? Task.FromException(new ChatStoreException("no answer in time")) : Task.CompletedTask;
        node.Store.After = call =>
        {
            if (call == "load")
            {
                looked.TrySetResult();
            }

            return Task.CompletedTask;
        };
        await Assert.ThrowsAsync<ChatStoreException>(() => node.ExecuteAsync(id, new SendMessage("late")));
        await looked.Task;
        await Eventually.IsAsync(() => !(node.Feeds.Find(id)!.TryGetChat() is null));

        // Only now does the statement come through.
        node.Store.Before = _ => Task.CompletedTask;
        var late = ((Decision.Accepted)ChatRules.Decide(node.Store.State(id), new SendMessage("late") { ClaimBy = "a" }, new DecisionContext(node.Time.GetUtcNow(), new ChatLimits()))).Transition;
        Assert.IsType<CommitResult.Committed>(await node.Store.CommitAsync(late, null, Ct));
        await node.Reconciler.CompareAsync(Ct);
        var screen = await node.FollowAsync(id, shown => shown.Ids.Count == 4 && shown.Status == "waiting");
        Assert.Equal(["hello", "answer 1", "late", "answer 2"], screen.Texts);
    }

    [Fact]
    public async Task A_turn_whose_end_was_lost_in_a_failover_is_driven_again()
    {
        var node = new Node(new FakeStore(), ScriptedModel.Answering());
        var id = await node.CreateAsync();
        var running = node.Store.State(id);
        await node.FollowAsync(id, _ended);
        await Eventually.IsAsync(() => node.Worker.Count == 0);

        // What is found once may be a commit under way.
        node.Store.SetBack(running);
        await node.Reconciler.CompareAsync(Ct);
        await node.Reconciler.CompareAsync(Ct);
        await Eventually.IsAsync(() => node.Store.State(id).Status == ChatStatus.Waiting);

        Assert.Equal(2, node.Store.History(id).Count);
    }

    [Fact]
    public async Task A_lease_that_another_replica_has_taken_ends_the_run_though_nothing_was_heard_of_it()
    {
        var store = new FakeStore();
        var node = new Node(store, new ScriptedModel((_, _, ct) => Silence(ct)));
        var id = await node.CreateAsync();
        var heir = new Node(store, new ScriptedModel((_, _, ct) => Silence(ct)), "heir");
        await heir.Takeover.TakeOverAsync(Ct);
        Assert.Equal("heir", store.State(id).Lease!.Replica);
        await node.Reconciler.CompareAsync(Ct);
        await node.Reconciler.CompareAsync(Ct);
        await Eventually.IsAsync(() => node.Worker.Count == 0);
    }

    [Fact]
    public async Task A_stop_that_nothing_was_heard_of_ends_the_turn()
    {
        var store = new FakeStore();
        var node = new Node(store, new ScriptedModel((_, _, ct) => Silence(ct)));
        var id = await node.CreateAsync();
        var other = new Node(store, ScriptedModel.Answering(), "other");
        Assert.IsType<CommandResult.Committed>(await other.ExecuteAsync(id, new Interrupt()));
        await node.Reconciler.CompareAsync(Ct);
        await Eventually.IsAsync(() => store.State(id).Status == ChatStatus.Waiting);
    }

    [Fact]
    public async Task A_stop_that_the_feed_was_loaded_with_and_the_run_was_not_told_of_ends_the_turn()
    {
        var store = new FakeStore();
        var called = new TaskCompletionSource();
        var node = new Node(store, new ScriptedModel((_, _, ct) => AnswerAfter(Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct), called, ct)));
        var id = await node.CreateAsync();
        await called.Task;
        var other = new Node(store, ScriptedModel.Answering(), "other");
        Assert.IsType<CommandResult.Committed>(await other.ExecuteAsync(id, new Interrupt()));

        // Here the same command finds the state in the store, and nothing to do.
        Assert.IsType<CommandResult.Unchanged>(await node.ExecuteAsync(id, new Interrupt()));
        await node.Reconciler.CompareAsync(Ct);
        await Eventually.IsAsync(() => store.State(id).Status == ChatStatus.Waiting);
    }

    [Fact]
    public async Task A_lease_that_is_visible_before_its_commit_was_published_costs_no_load()
    {
        var store = new FakeStore();
        var node = new Node(store, ScriptedModel.Answering());
        var (committed, publish) = (new TaskCompletionSource(), new TaskCompletionSource());
        store.After = call =>
        {
            if (call != "commit" || !committed.TrySetResult())
            {
                return Task.CompletedTask;
            }

            return publish.Task;
        };
        var creating = node.CreateAsync();
        await committed.Task;
        await node.Reconciler.CompareAsync(Ct);
        publish.SetResult();
        await node.FollowAsync(await creating, _ended);
        Assert.Equal(0, store.Loads);
    }

    [Fact]
    public async Task A_fault_of_the_database_keeps_no_chat_waiting_once_it_has_passed()
    {
        var store = new FakeStore();
        var gone = new Node(store, new ScriptedModel((_, _, ct) => Silence(ct)), "gone");
        var id = await gone.CreateAsync();
        var heir = new Node(store, new ScriptedModel((_, _, ct) => Silence(ct)), "heir");
        store.Before = call => call == "commit" ? Task.FromException(new ChatStoreException("read-only")) : Task.CompletedTask;
        for (var round = 0; round < 10; round++)
        {
            await heir.Takeover.TakeOverAsync(Ct);
        }

        store.Before = _ => Task.CompletedTask;
        await heir.Takeover.TakeOverAsync(Ct);
        Assert.Equal("heir", store.State(id).Lease!.Replica);
    }

    [Fact]
    public async Task A_chat_whose_commit_hangs_keeps_neither_the_others_nor_the_next_round_waiting()
    {
        var store = new FakeStore();
        var gone = new Node(store, new ScriptedModel((_, _, ct) => Silence(ct)), "gone");
        await gone.CreateAsync();
        var heir = new Node(store, new ScriptedModel((_, _, ct) => Silence(ct)), "heir", worker: new WorkerOptions { MaxConcurrentTurns = 2 });
        var hangs = 1;
        var hanging = new TaskCompletionSource();
        store.Before = call => call == "commit" && Interlocked.Decrement(ref hangs) >= 0 ? Signal(hanging) : Task.CompletedTask;
        var first = heir.Takeover.TakeOverAsync(Ct);
        await hanging.Task;
        heir.Time.Advance(heir.Options.ReconcileInterval);
        await first;
        gone.Time.Advance(TimeSpan.FromSeconds(1));
        var second = await gone.CreateAsync();
        var taking = heir.Takeover.TakeOverAsync(Ct);
        await Eventually.IsAsync(() => store.State(second).Lease!.Replica == "heir");

        heir.Time.Advance(heir.Options.ReconcileInterval);
        await taking;

        static Task Signal(TaskCompletionSource hanging)
        {
            hanging.SetResult();
            return new TaskCompletionSource().Task;
        }
    }

    [Fact]
    public async Task A_comparison_beside_turns_that_begin_and_end_finds_nothing_to_mend()
    {
        var store = new FakeStore();
        var node = new Node(store, ScriptedModel.Answering());
        var listing = new TaskCompletionSource();
        var listed = new TaskCompletionSource();
        var ends = await node.CreateAsync();
        store.After = call =>
        {
            if (call != "leases")
            {
                return Task.CompletedTask;
            }

            listed.SetResult();
            return listing.Task;
        };
        var comparing = node.Reconciler.CompareAsync(Ct);
        await listed.Task;
        await node.FollowAsync(ends, _ended);
        var begins = await node.CreateAsync();
        await node.FollowAsync(begins, _ended);
        await Eventually.IsAsync(() => node.Worker.Count == 0);

        listing.SetResult();
        await comparing;
        Assert.Equal(0, store.Loads);
    }

    [Fact]
    public async Task News_of_a_stop_that_come_late_do_not_stop_the_next_turn_under_the_same_lease()
    {
        var go = new TaskCompletionSource();
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        var model = new ScriptedModel((call, _, ct) => call == 1 ? AnswerAfter(Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct), first, ct) : AnswerAfter(go.Task, second, ct));
        var node = new Node(new FakeStore(), model);
        var id = await node.CreateAsync();
        await first.Task;
        await node.ExecuteAsync(id, new SendMessage("next"));
        var stop = ((CommandResult.Committed)await node.ExecuteAsync(id, new Interrupt())).Transition.Next;
        await second.Task;
        Assert.Equal((ChatStatus.Running, stop.Lease!.Token), (node.Store.State(id).Status, node.Store.State(id).Lease!.Token));
        node.Worker.OnNews(stop);
        node.Worker.OnNews(stop);
        go.SetResult();
        await node.FollowAsync(id, shown => shown.Status == "waiting" && shown.Texts.Contains("answered"));
        Assert.Equal(2, model.Calls);
    }

    [Fact]
    public async Task An_edit_at_the_replica_that_drives_the_chat_needs_no_second_place()
    {
        var called = new TaskCompletionSource();
        var node = new Node(
            new FakeStore(),
            new ScriptedModel((call, _, ct) => call == 1 ? AnswerAfter(Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct), called, ct) : ScriptedModel.Say("answered")),
            worker: new WorkerOptions { MaxConcurrentTurns = 1 });
        var id = await node.CreateAsync();
        await called.Task;
        await node.Chats.EditAsync("owner", id, 1, "better", null, Ct);
        var screen = await node.FollowAsync(id, shown => shown.Status == "waiting" && shown.Ids.Count == 2);
        Assert.Equal(["better", "answered"], screen.Texts);
    }

    [Fact]
    public async Task An_edit_at_a_full_replica_wakes_the_one_that_drove_the_chat()
    {
        var store = new FakeStore();
        var driving = new Node(store, new ScriptedModel((_, _, ct) => Silence(ct)));
        var id = await driving.CreateAsync();
        var full = new Node(store, new ScriptedModel((_, _, ct) => Silence(ct)), "full", worker: new WorkerOptions { MaxConcurrentTurns = 1 });
        await full.CreateAsync();
        var edited = ((CommandResult.Committed)await full.Chats.EditAsync("owner", id, 1, "better", null, Ct)).Transition;
        Assert.Null(edited.Next.Lease);

        var woken = new TaskCompletionSource();
        driving.Worker.WorkWaits += () => woken.TrySetResult();
        using var pin = driving.Feeds.Pin(id);
        pin.Feed.PublishRemote(edited.Next, edited.Appended, TimeSpan.Zero);
        driving.Worker.OnNews(edited.Next);
        await woken.Task;
    }

    [Fact]
    public async Task Chats_that_cannot_be_taken_for_whatever_reason_hide_none_behind_them()
    {
        var store = new FakeStore();
        var gone = new Node(store, new ScriptedModel((_, _, ct) => Silence(ct)), "gone");
        var broken = new HashSet<ChatId>();
        for (var i = 0; i < 70; i++)
        {
            broken.Add(await gone.CreateAsync());
        }

        gone.Time.Advance(TimeSpan.FromSeconds(1));
        var whole = await gone.CreateAsync();
        var heir = new Node(store, new ScriptedModel((_, _, ct) => Silence(ct)), "heir");
        store.FailLoad = id => broken.Contains(id) ? new InvalidOperationException("no sense in it") : null;
        await heir.Takeover.TakeOverAsync(Ct);
        Assert.Equal("heir", store.State(whole).Lease!.Replica);

        // They are left alone for a while, and then tried again.
        var loads = store.Loads;
        await heir.Takeover.TakeOverAsync(Ct);
        Assert.Equal(loads, store.Loads);
        store.FailLoad = _ => null;
        heir.Time.Advance(TimeSpan.FromMinutes(1));
        await heir.Takeover.TakeOverAsync(Ct);
        Assert.All(broken, id => Assert.Equal("heir", store.State(id).Lease!.Replica));
    }

    [Fact]
    public async Task A_run_that_always_fails_outside_the_model_call_ends_the_turn_in_error()
    {
        var store = new FakeStore();
        var first = new Node(store, ScriptedModel.Answering());
        var id = await first.CreateAsync();
        await first.FollowAsync(id, _ended);
        var model = ScriptedModel.Answering();
        var node = new Node(store, model, "b", new DurableChat.Feeds.FeedOptions { WindowMessages = 0 });
        store.Before = call => call == "read" ? Task.FromException(new ChatDataException("cannot be read")) : Task.CompletedTask;
        await node.ExecuteAsync(id, new SendMessage("again"));
        while (store.State(id).Status == ChatStatus.Running)
        {
            node.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(("turn_abandoned", 0), (store.State(id).Error?.Code, model.Calls));
    }

    [Fact]
    public async Task Requests_at_the_same_time_do_not_begin_more_turns_than_there_are_places()
    {
        var store = new FakeStore();
        var node = new Node(store, new ScriptedModel((_, _, ct) => Silence(ct)), worker: new WorkerOptions { MaxConcurrentTurns = 2 });
        var go = new TaskCompletionSource();
        store.Before = call => call == "commit" ? go.Task : Task.CompletedTask;
        var creating = Enumerable.Range(0, 60).Select(_ => Task.Run(() => node.CreateAsync())).ToArray();
        go.SetResult();
        var chats = await Task.WhenAll(creating);
        Assert.Equal(2, chats.Count(id => store.State(id).Lease is not null));
    }

    [Fact]
    public async Task An_owner_takes_no_more_than_its_share_of_the_places()
    {
        var store = new FakeStore();
        var node = new Node(store, new ScriptedModel((_, _, ct) => Silence(ct)), worker: new WorkerOptions { MaxConcurrentTurns = 4, MaxConcurrentTurnsOfOwner = 2 });
        var chats = new List<ChatId>();
        for (var i = 0; i < 4; i++)
        {
            chats.Add(await node.CreateAsync());
        }

        await node.Takeover.TakeOverAsync(Ct);
        Assert.Equal(2, chats.Count(id => store.State(id).Lease is not null));
        var other = ((CommandResult.Committed)await node.Chats.CreateAsync("other", new NewChat("hello"), null, Ct)).Transition.Next;
        Assert.NotNull(other.Lease);

        // A place of the owner's share that is free again goes to the owner's next chat.
        var woken = new TaskCompletionSource();
        node.Worker.WorkWaits += () => woken.TrySetResult();
        await node.ExecuteAsync(chats.First(id => store.State(id).Lease is not null), new Interrupt());
        await woken.Task;
        await node.Takeover.TakeOverAsync(Ct);
        Assert.Equal(2, chats.Count(id => store.State(id).Lease is not null));
    }

    [Fact]
    public async Task One_heartbeat_speaks_for_all_turns_of_a_replica()
    {
        var beats = new ConcurrentQueue<DateTimeOffset>();
        Node node = null!;
        var store = new FakeStore { Before = call => Beat(call) };
        node = new Node(store, new ScriptedModel((_, _, ct) => Silence(ct)), worker: new WorkerOptions { DrainTime = TimeSpan.Zero });
        for (var i = 0; i < 20; i++)
        {
            await node.CreateAsync();
        }

        // The loop runs elsewhere, and time that passes before it waits does not count for it.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        await node.Reconciler.StartAsync(TestContext.Current.CancellationToken);
        while (beats.Count < 6)
        {
            patience.Token.ThrowIfCancellationRequested();
            node.Time.Advance(node.Options.HeartbeatInterval);
            await Task.Yield();
        }

        // The start beats, and the loop at once again.
        await node.Reconciler.StopAsync(TestContext.Current.CancellationToken);
        Assert.All(beats.CountBy(beat => beat), instant => Assert.InRange(instant.Value, 1, 2));

        Task Beat(string call)
        {
            if (call == "heartbeat")
            {
                beats.Enqueue(node.Time.GetUtcNow());
            }

            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_replica_whose_heartbeats_were_late_takes_no_lease_before_others_know_that_it_lives()
    {
        var calls = new ConcurrentQueue<string>();
        var store = new FakeStore
        {
            Before = call =>
            {
                calls.Enqueue(call);
                return Task.CompletedTask;
            },
        };
        var node = new Node(store, ScriptedModel.Answering());
        node.Pulse.NoteHeartbeat(node.Time.GetTimestamp());
        node.Time.Advance(node.Options.LeaseDuration / 2);
        var early = await node.CreateAsync();
        await node.FollowAsync(early, _ended);
        Assert.DoesNotContain("claimable", calls);

        // A little more, and another replica could call this one dead: the lease would be taken away at once.
        node.Time.Advance(TimeSpan.FromSeconds(1));
        var late = await node.CreateAsync();
        Assert.Equal((ChatStatus.Running, (Lease?)null), (store.State(late).Status, store.State(late).Lease));

        // Whoever takes chats that nobody drives says first that it lives.
        calls.Clear();
        await node.Reconciler.TakeOverAsync(Ct);
        Assert.Equal(["heartbeat", "claimable"], calls.Take(2));
        await node.FollowAsync(late, _ended);
        Assert.True(node.Pulse.IsFresh);
    }

    private static async IAsyncEnumerable<AIContent> AnswerAfter(Task wait, TaskCompletionSource called, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        called.TrySetResult();
        await wait.WaitAsync(cancellationToken);
        yield return new TextContent("answered");
    }

    private static async IAsyncEnumerable<AIContent> Silence([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        yield break;
    }
}
