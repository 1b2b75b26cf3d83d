using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using DurableChat.Workers;
using Microsoft.Extensions.AI;
using Xunit;

namespace DurableChat.Tests.Workers;

/// <summary>
/// What model calls cost is counted once, whatever ends them: in the chat's sum, and in the owner's usage of the day.
/// </summary>
public sealed class TurnCostTests
{
    private static readonly DateOnly _day = new(2026, 1, 1);
    private readonly FakeStore _store = new();
    private Node? _frozen;

    [Theory]
    [InlineData("")]
    [InlineData("half")]
    public async Task A_failed_attempt_counts_beside_the_one_that_follows(string text)
    {
        var node = new Node(_store, FailOnce(text));
        var id = await node.CreateAsync();
        await EndAsync(node, id);
        await AssertCostAsync(id, 1, 2);
        Assert.Equal(CostlyModel.CostOf(2), _store.History(id)[^1].Usage);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failure_whose_commit_is_repeated_counts_once(bool happened)
    {
        var node = new Node(_store, FailOnce(""));
        FailCommit(2, happened);
        var id = await node.CreateAsync();
        await EndAsync(node, id);
        await AssertCostAsync(id, 1, 2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_whose_commit_is_repeated_counts_once(bool happened)
    {
        var node = new Node(_store, new CostlyModel((_, _) => CostlyModel.Say(new TextPart("answer"))));
        FailCommit(2, happened);
        var id = await node.CreateAsync();
        await EndAsync(node, id);
        await AssertCostAsync(id, 1);
    }

    [Fact]
    public async Task A_turn_that_fails_counts_every_attempt()
    {
        var options = new WorkerOptions { MaxAttempts = 3 };
        var node = new Node(_store, new CostlyModel((_, _) => CostlyModel.Fail("half")), worker: options);
        var id = await node.CreateAsync();
        await EndAsync(node, id);
        Assert.Equal(ChatStatus.Error, _store.State(id).Status);
        await AssertCostAsync(id, 1, 2, 3);
        Assert.Equal(CostlyModel.CostOf(3), _store.History(id)[^1].Usage);
    }

    [Theory]
    [InlineData("")]
    [InlineData("half")]
    public async Task A_stop_in_mid_answer_counts_what_it_has_cost(string text)
    {
        var (node, id) = await HangAsync(text);
        await node.ExecuteAsync(id, new Interrupt());
        await EndAsync(node, id);
        await AssertCostAsync(id, 1);
    }

    [Fact]
    public async Task A_stop_during_the_pause_before_a_retry_counts_the_failed_attempt_once()
    {
        var node = new Node(_store, new CostlyModel((_, _) => CostlyModel.Fail("half")));
        var id = await node.CreateAsync();
        await WaitAsync(() => _store.State(id).Retry is not null);
        await node.ExecuteAsync(id, new Interrupt());
        await EndAsync(node, id);
        await AssertCostAsync(id, 1);
        Assert.Equal(CostlyModel.CostOf(1), _store.History(id)[^1].Usage);
    }

    [Fact]
    public async Task A_stop_while_a_tool_runs_counts_the_answer_that_called_it_once()
    {
        var started = new TaskCompletionSource();
        var slow = AIFunctionFactory.Create(
            async (CancellationToken cancellationToken) =>
            {
                started.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            },
            "slow");
        var model = new CostlyModel((_, _) => CostlyModel.Say(new ToolCallPart("c", "slow", "{}")));
        var node = new Node(_store, model, functions: slow);
        var id = await node.CreateAsync();
        await started.Task;
        await node.ExecuteAsync(id, new Interrupt());
        await EndAsync(node, id);
        await AssertCostAsync(id, 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("half")]
    public async Task A_turn_that_is_handed_over_counts_what_each_replica_has_spent(string text)
    {
        var (node, id) = await HangAsync(text);
        await DrainAsync(node);
        await AssertCostAsync(id, 1);

        var heir = new Node(_store, new CostlyModel((_, _) => CostlyModel.Say(new TextPart("rest"))), "heir");
        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        await EndAsync(heir, id);
        await AssertCostAsync(id, 1, 1);
    }

    [Fact]
    public async Task A_hand_over_during_the_pause_before_a_retry_counts_the_failed_attempt_once()
    {
        var pause = TimeSpan.FromMinutes(10);
        var patient = Draining with { Retry = new RetryOptions { FirstDelay = pause, MaxDelay = pause } };
        var node = new Node(_store, new CostlyModel((_, _) => CostlyModel.Fail("half")), worker: patient);
        var id = await node.CreateAsync();
        await WaitAsync(() => _store.State(id).Retry is not null);
        await DrainAsync(node);
        Assert.Null(_store.State(id).Lease);
        await AssertCostAsync(id, 1);
    }

    [Fact]
    public async Task An_attempt_that_a_fault_of_the_program_ends_counts_all_the_same()
    {
        var node = new Node(_store, new CostlyModel((_, _) => CostlyModel.Say(new TextPart("answer"))));
        FailCommit(2, happened: false, new InvalidOperationException("a fault"));
        var id = await node.CreateAsync();
        await EndAsync(node, id);
        await AssertCostAsync(id, 1, 2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("half")]
    public async Task A_replica_whose_turn_was_taken_while_it_stood_still_counts_what_it_has_spent(string text)
    {
        var (_, id) = await HangAsync(text);
        await _store.RetireAsync("a", CancellationToken.None);

        var heir = new Node(_store, new CostlyModel((_, _) => CostlyModel.Say(new TextPart("answer"))), "heir");
        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        await EndAsync(heir, id);
        await AssertCostAsync(id, 1);
        Assert.Equal([1L], _store.State(id).UncountedGenerations);

        // It comes to itself and finds the lease gone.
        _frozen!.Worker.Look(id, long.MaxValue);
        await Eventually.IsAsync(() => _store.State(id).UncountedGenerations.Count == 0);
        await AssertCostAsync(id, 1, 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cost_that_comes_late_is_counted_once_though_its_commit_is_repeated(bool happened)
    {
        var (_, id) = await HangAsync("half");
        await _store.RetireAsync("a", CancellationToken.None);
        var heir = new Node(_store, new CostlyModel((_, _) => CostlyModel.Say(new TextPart("answer"))), "heir");
        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        await EndAsync(heir, id);
        FailCommit(1, happened);
        _frozen!.Worker.Look(id, long.MaxValue);
        await Eventually.AdvanceUntilAsync(
            _frozen.Time, Eventually.IsAsync(() => _frozen.Worker.Count == 0 && _store.State(id).UncountedGenerations.Count == 0), TimeSpan.FromSeconds(1));
        await AssertCostAsync(id, 1, 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_whose_commit_is_in_doubt_when_the_lease_is_lost_counts_once(bool happened)
    {
        using var meters = new CountingMeters();
        var node = new Node(_store, new CostlyModel((_, _) => CostlyModel.Say(new TextPart("answer"))), meters: meters);
        FailCommit(2, happened);
        var id = await node.CreateAsync();
        await Eventually.IsAsync(() => meters.Sum("durablechat.worker.commit_failures") == 1);
        await _store.RetireAsync("a", CancellationToken.None);
        var heir = new Node(_store, new CostlyModel((_, _) => CostlyModel.Say(new TextPart("answer"))), "heir");
        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        await EndAsync(heir, id);
        node.Worker.Look(id, long.MaxValue);
        await Eventually.AdvanceUntilAsync(
            node.Time, Eventually.IsAsync(() => node.Worker.Count == 0 && _store.State(id).UncountedGenerations.Count == 0), TimeSpan.FromSeconds(1));
        await AssertCostAsync(id, happened ? [1] : [1, 1]);
    }

    [Fact]
    public async Task An_edit_in_mid_answer_counts_what_the_answer_has_cost()
    {
        var (node, id) = await HangAsync("half");
        await node.ExecuteAsync(id, new EditMessage(_store.History(id)[0], "other"));
        await Eventually.IsAsync(() => _store.State(id).Usage is not null);

        // A call that has not begun costs nothing.
        await node.FollowAsync(id, screen => screen.Preview == "half");
        await node.ExecuteAsync(id, new Interrupt());
        await EndAsync(node, id);
        await Eventually.IsAsync(() => _store.State(id).UncountedGenerations.Count == 0);
        await AssertCostAsync(id, 1, 2);
    }

    [Fact]
    public async Task Owners_have_their_own_usage_and_a_deleted_chat_leaves_it()
    {
        var node = new Node(_store, new CostlyModel((_, _) => CostlyModel.Say(new TextPart("answer"))));
        var id = await node.CreateAsync();
        await EndAsync(node, id);
        await node.Chats.DeleteAsync("owner", id, CancellationToken.None);
        Assert.Single(await node.Chats.ReadUsageAsync("owner", _day, _day, CancellationToken.None));
        Assert.Empty(await node.Chats.ReadUsageAsync("other", _day, _day, CancellationToken.None));
    }

    private static CostlyModel FailOnce(string text) =>
        new((call, _) => call == 1 ? CostlyModel.Fail(text) : CostlyModel.Say(new TextPart("answer")));

    private static WorkerOptions Draining => new() { DrainTime = TimeSpan.FromSeconds(1) };

    /// <summary>
    /// Both sums say what the calls of these numbers have cost, the owner's also how many there were.
    /// </summary>
    private async Task AssertCostAsync(ChatId id, params int[] calls)
    {
        Assert.Equal(CostlyModel.CostOf(calls), _store.State(id).Usage);
        var days = await _store.ReadUsageAsync("owner", DateOnly.MinValue, DateOnly.MaxValue, CancellationToken.None);
        Assert.Equal(new DailyUsage(_day, "demo", calls.Length, CostlyModel.CostOf(calls)), Assert.Single(days));
    }

    /// <summary>Makes one commit fail: before it happens, or behind it.</summary>
    private void FailCommit(int number, bool happened, Exception? failure = null)
    {
        var commits = 0;
        Task Count(string call) => call == "commit" && Interlocked.Increment(ref commits) == number
            ? Task.FromException(failure ?? new ChatStoreException("no answer"))
            : Task.CompletedTask;
        if (happened)
        {
            _store.After = Count;
        }
        else
        {
            _store.Before = Count;
        }
    }

    private async Task<(Node Node, ChatId Id)> HangAsync(string text)
    {
        var said = new TaskCompletionSource();
        var node = new Node(_store, new CostlyModel((_, ct) => Said(CostlyModel.Hang(text, ct))), worker: Draining);
        _frozen = node;
        var id = await node.CreateAsync();
        await said.Task;
        await node.FollowAsync(id, screen => screen.Preview == text);
        return (node, id);

        IAsyncEnumerable<ModelUpdate> Said(IAsyncEnumerable<ModelUpdate> updates)
        {
            said.TrySetResult();
            return updates;
        }
    }

    private static async Task DrainAsync(Node node)
    {
        var draining = node.Worker.DrainAsync(CancellationToken.None);
        node.Time.Advance(TimeSpan.FromSeconds(1));
        await draining;
    }

    private static Task WaitAsync(Func<bool> until) => Task.Run(async () =>
    {
        while (!until())
        {
            await Task.Yield();
        }
    });

    /// <summary>
    /// Lets time pass until no worker is needed. The pauses are real but tiny: they only let the other threads run.
    /// </summary>
    private async Task EndAsync(Node node, ChatId id)
    {
        while (_store.State(id).NeedsWorker)
        {
            node.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }
    }
}
