using System.Collections.Concurrent;
using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Models;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using Microsoft.Extensions.AI;
using Xunit;

namespace DurableChat.Tests.Workers;

/// <summary>What becomes of tool calls while they run, and of their results, whatever happens meanwhile.</summary>
public sealed class ToolTurnTests
{
    /// <summary>Only ends a test that would hang.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    private const string MayHaveRun = "Cancelled: the user stopped the turn. The call may have begun, so it may have had effects.";

    [Fact]
    public async Task Calls_of_one_answer_run_at_the_same_time_and_each_result_is_shown_as_it_comes()
    {
        var (first, second) = (new Tool("first"), new Tool("second"));
        var node = new Node(new FakeStore(), CallThenSay(("a", "first"), ("b", "second")), functions: [first.Function, second.Function]);
        var id = await node.CreateAsync();
        await Task.WhenAll(first.Begun, second.Begun);
        second.Return("2");
        var screen = await FollowAsync(node, id, shown => shown.Ids.Count == 3);
        Assert.Equal([new ToolResultPart("b", "2")], node.Store.History(id)[2].Parts);
        Assert.Equal(["a"], node.Store.State(id).PendingToolCalls.Select(call => call.CallId));
        first.Return("1");
        screen.Reconnected();
        await FollowAsync(node, id, shown => shown.Status == "waiting", screen);
        Assert.Equal([new ToolResultPart("a", "1")], node.Store.History(id)[3].Parts);
        Assert.Equal((1, 1), (first.Calls, second.Calls));
    }

    [Fact]
    public async Task A_stop_keeps_the_results_that_came_and_cancels_only_the_rest()
    {
        var (quick, slow) = (new Tool("quick"), new Tool("slow"));
        var node = new Node(new FakeStore(), CallThenSay(("a", "quick"), ("b", "slow")), functions: [quick.Function, slow.Function]);
        var id = await node.CreateAsync();
        quick.Return("done");
        await quick.Begun;
        await slow.Begun;
        await node.ExecuteAsync(id, new Interrupt());
        await FollowAsync(node, id, shown => shown.Status == "waiting");
        Assert.Equal(
            [new ToolResultPart("a", "done"), new ToolResultPart("b", MayHaveRun, IsError: true)],
            node.Store.History(id).Where(message => message.Role == MessageRole.Tool).SelectMany(message => message.Parts));
    }

    [Fact]
    public async Task A_result_that_comes_while_a_stop_waits_is_recorded()
    {
        var stubborn = new Tool("stubborn") { HeedsCancellation = false };
        var node = new Node(new FakeStore(), CallThenSay(("a", "stubborn")), functions: stubborn.Function);
        var id = await node.CreateAsync();
        await stubborn.Begun;
        await node.ExecuteAsync(id, new Interrupt());
        await stubborn.Cancelled;

        // Time for a stop that does not wait: one that does passes however long this takes.
        for (var i = 0; i < 10_000 && node.Store.State(id).Status == ChatStatus.Interrupting; i++)
        {
            await Task.Yield();
        }

        stubborn.Return("paid");
        await FollowAsync(node, id, shown => shown.Status == "waiting");
        Assert.Equal([new ToolResultPart("a", "paid")], node.Store.History(id)[2].Parts);
    }

    [Fact]
    public async Task A_tool_that_does_not_heed_a_stop_delays_it_for_a_bounded_time()
    {
        var stubborn = new Tool("stubborn") { HeedsCancellation = false };
        var node = new Node(new FakeStore(), CallThenSay(("a", "stubborn")), functions: stubborn.Function);
        var id = await node.CreateAsync();
        await stubborn.Begun;
        await node.ExecuteAsync(id, new Interrupt());
        await AdvanceUntilAsync(node, FollowAsync(node, id, shown => shown.Status == "waiting"));
        Assert.Equal([new ToolResultPart("a", MayHaveRun, IsError: true)], node.Store.History(id)[2].Parts);
    }

    [Fact]
    public async Task A_shutdown_commits_the_results_that_came_and_leaves_only_the_other_calls_to_the_next_worker()
    {
        var store = new FakeStore();
        var (quick, slow) = (new Tool("quick") { HeedsCancellation = false }, new Tool("slow"));
        var leaving = new Node(store, CallThenSay(("a", "quick"), ("b", "slow")), "leaving", functions: [quick.Function, slow.Function]);
        var id = await leaving.CreateAsync();
        await quick.Begun;
        await slow.Begun;
        var draining = leaving.Worker.DrainAsync(CancellationToken.None);
        leaving.Time.Advance(leaving.Options.DrainTime);
        await quick.Cancelled;
        quick.Return("done");
        await draining.WaitAsync(_patience, TimeProvider.System);
        var left = store.State(id);
        Assert.Equal((ChatStatus.Running, null, 1), (left.Status, left.Lease, left.Attempt));
        Assert.Equal(["b"], left.PendingToolCalls.Select(call => call.CallId));

        var (quickAgain, slowAgain) = (new Tool("quick"), new Tool("slow"));
        slowAgain.Return("done too");
        var heir = new Node(store, ScriptedModel.Answering(), "heir", functions: [quickAgain.Function, slowAgain.Function]);
        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        await slowAgain.Begun;
        await FollowAsync(heir, id, shown => shown.Status == "waiting");
        Assert.Equal((0, 1), (quickAgain.Calls, slowAgain.Calls));
        Assert.Equal(slow.Keys, slowAgain.Keys);
        Assert.Equal(
            [new ToolResultPart("a", "done"), new ToolResultPart("b", "done too")],
            store.History(id).Where(message => message.Role == MessageRole.Tool).SelectMany(message => message.Parts));
    }

    [Fact]
    public async Task A_call_that_kills_its_worker_again_and_again_has_one_key_and_is_given_up_with_the_results_so_far()
    {
        var store = new FakeStore();
        var id = default(ChatId);
        var keys = new List<string>();
        for (var crash = 1; crash <= 5; crash++)
        {
            var (quick, deadly) = (new Tool("quick"), new Tool("deadly"));
            quick.Return("done");
            var node = new Node(store, CallThenSay(("a", "quick"), ("b", "deadly")), $"crash-{crash}", functions: [quick.Function, deadly.Function]);
            if (crash == 1)
            {
                id = await node.CreateAsync();
                await FollowAsync(node, id, shown => shown.Ids.Count == 3);
            }
            else
            {
                await node.Takeover.TakeOverAsync(CancellationToken.None);
                Assert.Equal(0, quick.Calls);
            }

            await deadly.Begun;
            keys.AddRange(deadly.Keys);
            Assert.Equal(crash, store.State(id).Attempt);
        }

        var last = new Node(store, ScriptedModel.Answering(), "last");
        await last.Takeover.TakeOverAsync(CancellationToken.None);
        await FollowAsync(last, id, shown => shown.Status == "error");
        Assert.Equal("turn_abandoned", store.State(id).Error!.Code);
        Assert.Single(keys.Distinct());
        Assert.Equal(
            [new ToolResultPart("a", "done"), new ToolResultPart("b", "Cancelled: the turn failed before this call had a result. The call may have begun, so it may have had effects.", IsError: true)],
            store.History(id).Where(message => message.Role == MessageRole.Tool).SelectMany(message => message.Parts));
    }

    [Fact]
    public async Task A_result_that_cannot_be_committed_is_kept_and_the_tool_does_not_run_again()
    {
        var (commits, failures) = (0, 40);
        var store = new FakeStore();
        var tool = new Tool("tool");
        tool.Return("done");
        var node = new Node(store, CallThenSay(("a", "tool")), functions: tool.Function);

        // The question and the answer with its call can be written; then only reads work for a while.
        store.Before = call => call == "commit" && Interlocked.Increment(ref commits) > 2 && Interlocked.Decrement(ref failures) >= 0
            ? Task.FromException(new ChatStoreException("read only"))
            : Task.CompletedTask;
        var id = await node.CreateAsync();
        await AdvanceUntilAsync(node, FollowAsync(node, id, shown => shown.Status == "waiting" && shown.Ids.Count == 4));
        Assert.Equal((1, new ToolResultPart("a", "done")), (tool.Calls, store.History(id)[2].Parts[0]));
    }

    [Fact]
    public async Task A_run_whose_loop_fails_while_a_tool_runs_does_not_run_it_again()
    {
        var store = new FakeStore();
        var tool = new Tool("tool");
        var node = new Node(store, CallThenSay(("a", "tool")), functions: tool.Function);
        var id = await node.CreateAsync();
        await tool.Begun;
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.FailLoad = _ =>
        {
            failed.TrySetResult();
            return new ChatStoreException("away");
        };
        node.Feeds.Find(id)!.MarkUnsynced();
        node.Worker.Runs.Find(id)!.Interrupt();
        await failed.Task.WaitAsync(_patience, TimeProvider.System);
        store.FailLoad = _ => null;
        tool.Return("done");

        // A subscriber might share the load that fails.
        await AdvanceUntilAsync(node, Eventually.IsAsync(() => store.State(id).Status == ChatStatus.Waiting));

        Assert.Equal((1, 4), (tool.Calls, store.History(id).Count));
    }

    [Fact]
    public async Task A_finished_answer_waits_for_the_database_for_as_long_as_it_takes()
    {
        var (commits, failures) = (0, 40);
        var store = new FakeStore();
        var model = ScriptedModel.Answering();
        var node = new Node(store, model);
        store.Before = call => call == "commit" && Interlocked.Increment(ref commits) > 1 && Interlocked.Decrement(ref failures) >= 0
            ? Task.FromException(new ChatStoreException("read only"))
            : Task.CompletedTask;
        var id = await node.CreateAsync();
        await AdvanceUntilAsync(node, FollowAsync(node, id, shown => shown.Status == "waiting" && shown.Ids.Count == 2));
        Assert.Equal((1, "answer 1"), (model.Calls, ((TextPart)store.History(id)[1].Parts[0]).Text));
    }

    [Fact]
    public async Task No_two_calls_have_one_key_whatever_ids_the_provider_gives()
    {
        var tool = new Tool("tool");
        tool.Return("done");
        var store = new FakeStore();

        // The ids are numbers that begin again with each answer, one of them comes twice, and two are empty.
        var model = new ScriptedModel((call, _, _) => call % 3 != 0
            ? Give([.. new[] { "call_0", "call_1", "call_1", "", "" }.Select(call => new FunctionCallContent(call, "tool"))])
            : ScriptedModel.Say("done"));
        var node = new Node(store, model, functions: tool.Function);
        foreach (var text in new[] { "one", "two" })
        {
            var id = await node.CreateAsync(text);
            await FollowAsync(node, id, shown => shown.Status == "waiting" && shown.Ids.Count > 1);
            var calls = store.History(id).SelectMany(message => message.Parts).OfType<ToolCallPart>().Select(call => call.CallId).ToList();
            var results = store.History(id).SelectMany(message => message.Parts).OfType<ToolResultPart>().Select(result => result.CallId).ToList();
            Assert.Equal(["call_0", "call_1"], calls.Take(2));
            Assert.Equal((10, 10, 10), (calls.Count, calls.Where(call => call.Length > 0).Distinct().Count(), results.Distinct().Count()));
        }

        Assert.Equal((20, 20), (tool.Keys.Count, tool.Keys.Distinct().Count()));
        Assert.All(tool.Keys, key => Assert.InRange(key.Length, 10, 64));
    }

    [Fact]
    public async Task No_more_calls_run_at_once_than_the_limit_says_and_one_that_never_began_says_so()
    {
        var (first, second, third) = (new Tool("first"), new Tool("second"), new Tool("third"));
        var node = new Node(
            new FakeStore(), CallThenSay(("a", "first"), ("b", "second"), ("c", "third")), toolOptions: new ToolOptions { MaxParallelCalls = 1 }, functions: [first.Function, second.Function, third.Function]);
        var id = await node.CreateAsync();
        await first.Begun;
        Assert.Equal((0, 0), (second.Calls, third.Calls));
        first.Return("1");
        await second.Begun;
        await node.ExecuteAsync(id, new Interrupt());
        await FollowAsync(node, id, shown => shown.Status == "waiting");
        Assert.Equal(
            [new ToolResultPart("a", "1"), new ToolResultPart("b", MayHaveRun, IsError: true), new ToolResultPart("c", "Cancelled: the user stopped the turn. The call did not run.", IsError: true)],
            node.Store.History(id).Where(message => message.Role == MessageRole.Tool).SelectMany(message => message.Parts));
        Assert.Equal(0, third.Calls);
    }

    [Fact]
    public async Task Calls_beyond_the_limit_of_an_answer_do_not_run_and_the_model_can_call_again()
    {
        var tool = new Tool("tool");
        tool.Return("done");
        var model = new ScriptedModel((call, _, _) => call == 1 ? Give([.. Enumerable.Range(0, 5).Select(number => new FunctionCallContent($"c{number}", "tool"))]) : ScriptedModel.Say("done"));
        var node = new Node(new FakeStore(), model, toolOptions: new ToolOptions { MaxCallsPerAnswer = 3 }, functions: tool.Function);
        var id = await node.CreateAsync();
        await FollowAsync(node, id, shown => shown.Status == "waiting" && shown.Ids.Count > 2);
        var results = model.Histories[1][^1].Contents.Cast<FunctionResultContent>().Select(result => (result.CallId, (string)result.Result!)).ToList();
        const string NotRun = "Not run: an answer may call at most 3 tools. Make this call again in your next answer if you need it.";
        Assert.Equal([("c0", "done"), ("c1", "done"), ("c2", "done"), ("c3", NotRun), ("c4", NotRun)], results);
        Assert.Equal(3, tool.Calls);
    }

    [Fact]
    public async Task A_server_tools_result_is_shown_while_another_runs_and_the_client_is_asked_for_its_own_last()
    {
        var server = new Tool("server");
        var node = new Node(new FakeStore(), CallThenSay(("a", "pick"), ("b", "server")), functions: server.Function);
        var chat = new NewChat("pick one") { ClientTools = [new ClientTool("pick", "Picks.", """{"type":"object"}""")] };
        var id = ((CommandResult.Committed)await node.Chats.CreateAsync("owner", chat, null, CancellationToken.None)).Transition.Next.Id;
        await server.Begun;
        Assert.Equal(ChatStatus.Running, node.Store.State(id).Status);
        server.Return("done");
        await FollowAsync(node, id, shown => shown.Status == "requires_action");
        Assert.Equal(["a"], node.Store.State(id).PendingToolCalls.Select(call => call.CallId));
        await node.ExecuteAsync(id, new SubmitToolResults([new ToolResultPart("a", "the red one")]));
        await FollowAsync(node, id, shown => shown.Status == "waiting");
        Assert.Equal([new ToolResultPart("b", "done"), new ToolResultPart("a", "the red one")],
            node.Store.History(id).Where(message => message.Role == MessageRole.Tool).SelectMany(message => message.Parts));
    }

    private static Task<Screen> FollowAsync(Node node, ChatId id, Func<Screen, bool> until, Screen? screen = null) =>
        node.FollowAsync(id, until, screen).WaitAsync(_patience, TimeProvider.System);

    /// <summary>A model that calls tools once, and then has done.</summary>
    private static ScriptedModel CallThenSay(params (string Id, string Tool)[] calls) => new((call, _, _) => call == 1
        ? Give([.. calls.Select(called => new FunctionCallContent(called.Id, called.Tool))])
        : ScriptedModel.Say("done"));

    private static async IAsyncEnumerable<AIContent> Give(params AIContent[] contents)
    {
        foreach (var content in contents)
        {
            await Task.Yield();
            yield return content;
        }
    }

    private static Task AdvanceUntilAsync(Node node, Task happens) => Eventually.AdvanceUntilAsync(node.Time, happens, TimeSpan.FromSeconds(1));

    /// <summary>A tool that returns when the test says so.</summary>
    private sealed class Tool
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<string> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _calls;

        public Tool(string name) => Function = AIFunctionFactory.Create(RunAsync, name);

        public AIFunction Function { get; }

        public bool HeedsCancellation { get; init; } = true;

        public int Calls => Volatile.Read(ref _calls);

        public ConcurrentQueue<string> Keys { get; } = [];

        public Task Begun => _begun.Task.WaitAsync(_patience, TimeProvider.System);

        public Task Cancelled => _cancelled.Task.WaitAsync(_patience, TimeProvider.System);

        public void Return(string result) => _result.SetResult(result);

        private async Task<string> RunAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _calls);
            Keys.Enqueue((string)arguments.Context![ToolRegistry.IdempotencyKey]!);
            using var registration = cancellationToken.Register(() => _cancelled.TrySetResult());
            _begun.TrySetResult();
            return await (HeedsCancellation ? _result.Task.WaitAsync(cancellationToken) : _result.Task);
        }
    }
}
