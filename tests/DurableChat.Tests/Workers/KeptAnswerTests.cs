using System.Runtime.CompilerServices;
using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Models;
using DurableChat.Tests.Chats;
using DurableChat.Tests.Support;
using DurableChat.Workers;
using Xunit;

namespace DurableChat.Tests.Workers;

/// <summary>Model calls whose answers are kept for the next worker: by which name they are asked for, and when they are
/// let go of.</summary>
public sealed class KeptAnswerTests
{
    private static readonly Func<Screen, bool> _ended = screen => screen.Status is "waiting" or "error";
    private static readonly Func<Screen, bool> _begun = screen => screen.Preview.Length > 0;

    [Fact]
    public async Task A_worker_that_takes_over_asks_for_the_same_step_with_a_later_lease()
    {
        var store = new FakeStore();
        var (dead, heir) = (Endless(), Answering());
        var id = await BeginAsync(new Node(store, dead, "gone"));
        var node = new Node(store, heir, "heir");
        await node.Takeover.TakeOverAsync(CancellationToken.None);
        await node.FollowAsync(id, _ended);
        var (one, other) = (dead.Requests[0].Call!, heir.Requests[0].Call!);
        Assert.Equal((one.Chat, one.Epoch, one.Head), (other.Chat, other.Epoch, other.Head));
        Assert.True(other.Generation == one.Generation && other.FencingToken > one.FencingToken);
        Assert.Equal(0, other.FailedGeneration);
    }

    [Fact]
    public async Task A_retry_says_which_call_has_failed_and_the_failed_one_is_let_go_of()
    {
        var model = new ScriptedModelClient((number, _, _) => number == 1 ? Failing() : Say());
        var node = new Node(new FakeStore(), model);
        var id = await node.CreateAsync();
        await Eventually.AdvanceUntilAsync(node.Time, node.FollowAsync(id, _ended), TimeSpan.FromSeconds(1));
        var (failed, retry) = (model.Requests[0].Call!, model.Requests[1].Call!);
        Assert.Equal((failed.Head, failed.Generation), (retry.Head, retry.FailedGeneration));
        await Eventually.IsAsync(() => node.Forgotten.Count == 2);
        Assert.Equal([failed.Generation, retry.Generation], node.Forgotten.Select(call => call.Generation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_kept_answer_has_cost_is_counted_by_who_has_it_and_not_by_who_lost_it(bool isKept)
    {
        using var memory = new TurnMemory();
        memory.Begin(Given.Running(), token: 1, new ModelDefinition("demo", Answering(), null) { IsKept = isKept });
        memory.Spent = new TokenUsage(1, 1);
        Assert.Equal(isKept, memory.Owed is null);
    }

    [Fact]
    public async Task A_turn_that_is_stopped_lets_go_of_its_call()
    {
        var node = new Node(new FakeStore(), Endless());
        var id = await BeginAsync(node);
        Assert.IsType<CommandResult.Committed>(await node.ExecuteAsync(id, new Interrupt()));
        await node.FollowAsync(id, _ended);
        await Eventually.IsAsync(() => !node.Forgotten.IsEmpty);
        var call = Assert.Single(node.Forgotten);
        Assert.Equal((id.Value, 1L), (call.Chat, call.Generation));
    }

    [Fact]
    public async Task A_stop_that_another_worker_carries_out_lets_go_of_the_call_of_the_one_before()
    {
        var store = new FakeStore();
        var dead = Endless();
        var id = await BeginAsync(new Node(store, dead, "gone"));
        var heir = new Node(store, Answering(), "heir");
        Assert.IsType<CommandResult.Committed>(await heir.ExecuteAsync(id, new Interrupt()));
        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        await heir.FollowAsync(id, _ended);
        await Eventually.IsAsync(() => !heir.Forgotten.IsEmpty);
        var (made, over) = (dead.Requests[0].Call!, Assert.Single(heir.Forgotten));
        Assert.Equal((made.Chat, made.Epoch), (over.Chat, over.Epoch));
        Assert.True(over.Generation >= made.Generation && over.FencingToken > made.FencingToken);
    }

    [Fact]
    public async Task A_chat_that_is_deleted_lets_go_of_its_call()
    {
        var node = new Node(new FakeStore(), Endless());
        var id = await BeginAsync(node);
        await node.Chats.DeleteAsync("owner", id, CancellationToken.None);
        await Eventually.IsAsync(() => !node.Forgotten.IsEmpty);
        Assert.Equal(id.Value, Assert.Single(node.Forgotten).Chat);
    }

    [Fact]
    public async Task A_replica_that_stops_commits_what_it_has_of_an_answer_that_is_not_kept_once_the_drain_time_is_over()
    {
        var store = new FakeStore();
        var leaving = new Node(store, Endless(), "leaving", worker: new WorkerOptions { DrainTime = TimeSpan.FromSeconds(1) });
        var id = await BeginAsync(leaving);
        var draining = leaving.Worker.DrainAsync(CancellationToken.None);
        Assert.False(draining.IsCompleted);
        Assert.Equal("leaving", store.State(id).Lease?.Replica);
        leaving.Time.Advance(TimeSpan.FromSeconds(1));
        await draining.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Null(store.State(id).Lease);
        Assert.Empty(leaving.Forgotten);
        var heir = new Node(store, Answering(), "heir");
        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        var screen = await heir.FollowAsync(id, _ended);
        Assert.Equal(["hello", "half", "whole"], screen.Texts);
        Assert.Equal((FinishReason.HandedOver, new TokenUsage(5, 1)), (store.History(id)[1].FinishReason, store.History(id)[1].Usage));
    }

    [Fact]
    public async Task A_replica_that_stops_hands_a_kept_answer_over_at_once_and_clients_see_no_break()
    {
        var store = new FakeStore();
        var leaving = KeepingNode(store, new PacedModel("one ", "two ", "three"), "leaving");
        var id = await leaving.CreateAsync();
        ((PacedModel)leaving.Model).Let(2);
        var screen = await leaving.FollowAsync(id, shown => shown.Preview == "one two ");

        // Its clock stands still, so it waits for nothing.
        await leaving.Worker.DrainAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.True(store.State(id) is { Lease.IsHandedOver: true, Generation: 1 });
        Assert.Equal((1, 1), (store.History(id).Count, store.CheckpointRows));
        Assert.Empty(leaving.Forgotten);

        var heir = KeepingNode(store, new PacedModel("one ", "two ", "three"), "heir");
        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        var fresh = await heir.FollowAsync(id, shown => shown.Preview == "one two ");
        ((PacedModel)heir.Model).LetAll();
        screen.Reconnected();
        await heir.FollowAsync(id, _ended, screen);
        Assert.Equal(["hello", "one two three"], screen.Texts);
        Assert.DoesNotContain(screen.Log.Concat(fresh.Log), entry => entry.StartsWith("preview_reset", StringComparison.Ordinal));
        Assert.Equal((1, 0), (store.History(id)[1].Generation, store.CheckpointRows));
        Assert.Equal(new TokenUsage(100, 50), store.History(id)[1].Usage);
        Assert.Empty(store.State(id).UncountedGenerations);
    }

    [Fact]
    public async Task Handing_over_is_no_failed_attempt_however_often()
    {
        var store = new FakeStore();
        var id = await KeepingNode(store, new PacedModel("one"), "first").CreateAsync();
        for (var i = 0; i < 3; i++)
        {
            var next = KeepingNode(store, new PacedModel("one"), $"next-{i}", maxAttempts: 2);
            await next.Takeover.TakeOverAsync(CancellationToken.None);
            await Eventually.IsAsync(() => ((PacedModel)next.Model).Waits > 0);
            await next.Worker.DrainAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1));
        }

        var last = KeepingNode(store, new PacedModel("one").LetAll(), "last", maxAttempts: 2);
        await last.Takeover.TakeOverAsync(CancellationToken.None);
        Assert.Equal(["hello", "one"], (await last.FollowAsync(id, _ended)).Texts);
    }

    [Fact]
    public async Task A_replica_that_stops_before_it_has_requested_a_kept_answer_leaves_it_to_the_next()
    {
        var store = new FakeStore();
        var dead = KeepingNode(store, new PacedModel("one"), "dead");
        var id = await dead.CreateAsync();
        var leaving = KeepingNode(store, new PacedModel("one"), "leaving");
        var hold = new TaskCompletionSource();
        store.Before = call => call == "read_checkpoint" ? hold.Task : Task.CompletedTask;
        await leaving.Takeover.TakeOverAsync(CancellationToken.None);
        await Eventually.IsAsync(() => leaving.Worker.Count == 1);
        var draining = leaving.Worker.DrainAsync(CancellationToken.None);
        hold.SetResult();
        await draining.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.True(store.State(id) is { Lease.IsHandedOver: true, Generation: 1 });
        Assert.Equal(0, ((PacedModel)leaving.Model).Calls);
    }

    [Fact]
    public async Task A_stop_of_a_turn_that_is_handed_over_keeps_what_was_on_screen()
    {
        var store = new FakeStore();
        var leaving = KeepingNode(store, new PacedModel("one ", "two"), "leaving");
        var id = await leaving.CreateAsync();
        ((PacedModel)leaving.Model).Let(1);
        await leaving.FollowAsync(id, shown => shown.Preview == "one ");
        await leaving.Worker.DrainAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1));
        var heir = KeepingNode(store, new PacedModel("none"), "heir");
        Assert.IsType<CommandResult.Committed>(await heir.ExecuteAsync(id, new Interrupt()));
        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        Assert.Equal(["hello", "one "], (await heir.FollowAsync(id, _ended)).Texts);
    }

    private static Node KeepingNode(FakeStore store, PacedModel model, string replica, int maxAttempts = 5) =>
        new(store, model, replica, worker: new WorkerOptions { MaxAttempts = maxAttempts }, define: definition => definition with { IsKept = true });

    private static async Task<ChatId> BeginAsync(Node node)
    {
        var id = await node.CreateAsync();
        await node.FollowAsync(id, _begun);
        return id;
    }

    private static ScriptedModelClient Endless() => new((_, _, ct) => EndlessAsync(ct));

    private static ScriptedModelClient Answering() => new((_, _, _) => Say());

#pragma warning disable CS1998 // They are asynchronous for those who call them.
    private static async IAsyncEnumerable<ModelUpdate> Say()
    {
        yield return new PartUpdate(new TextPart("whole"));
        yield return new EndUpdate(FinishReason.Stop);
    }

    private static async IAsyncEnumerable<ModelUpdate> Failing()
    {
        yield return new PartUpdate(new TextPart("half"));
        throw new ModelException(ModelErrors.BrokenOff);
    }
#pragma warning restore CS1998

    private static async IAsyncEnumerable<ModelUpdate> EndlessAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new UsageUpdate(new TokenUsage(5, 1));
        yield return new PartUpdate(new TextPart("half"));
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }
}
