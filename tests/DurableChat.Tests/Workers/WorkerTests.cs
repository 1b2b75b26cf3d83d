using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Feeds;
using DurableChat.Models;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using DurableChat.Workers;
using Microsoft.Extensions.AI;
using Xunit;

namespace DurableChat.Tests.Workers;

/// <summary>Turns, driven to their end by a model that says what the test wants.</summary>
public sealed class WorkerTests
{
    private static readonly Func<Screen, bool> _ended = screen => screen.Status is "waiting" or "error" or "requires_action" && screen.Ids.Count > 1;

    [Fact]
    public async Task A_simple_turn_takes_two_commits_and_no_read()
    {
        var commits = 0;
        var store = new FakeStore { Before = call => Task.FromResult(call == "commit" ? Interlocked.Increment(ref commits) : 0) };
        var node = new Node(store, ScriptedModel.Answering());
        var screen = await node.FollowAsync(await node.CreateAsync(), _ended);
        Assert.Equal(["hello", "answer 1"], screen.Texts);
        Assert.Equal((2, 0, 0), (commits, store.Loads, store.Reads.Count));
    }

    [Fact]
    public async Task A_second_turn_gives_the_model_the_whole_history_from_memory()
    {
        var model = ScriptedModel.Answering();
        var node = new Node(new FakeStore(), model);
        var id = await node.CreateAsync();
        await node.FollowAsync(id, _ended);
        await node.ExecuteAsync(id, new SendMessage("and now?"));
        await node.FollowAsync(id, screen => screen.Texts.Count == 4 && screen.Status == "waiting");
        Assert.Equal(["hello", "answer 1", "and now?"], model.Histories[1].Select(message => message.Text));
        Assert.Empty(node.Store.Reads);
    }

    [Theory]
    [InlineData(256, 1)]
    [InlineData(2, 3)]
    [InlineData(0, 3)]
    public async Task A_replica_that_comes_to_drive_a_chat_reads_its_history_once_if_the_window_has_room(int windowMessages, int reads)
    {
        var store = new FakeStore();
        var first = new Node(store, ScriptedModel.Answering());
        var id = await first.CreateAsync();
        await first.FollowAsync(id, _ended);

        var model = ScriptedModel.Answering();
        var second = new Node(store, model, "b", new FeedOptions { WindowMessages = windowMessages });
        for (var turn = 2; turn <= 4; turn++)
        {
            await second.ExecuteAsync(id, new SendMessage($"question {turn}"));
            await Eventually.IsAsync(() => second.Worker.Count == 0);
        }

        Assert.Equal(Enumerable.Repeat(ReadReason.Worker, reads), store.Reads);
        Assert.Equal(["hello", "answer 1", "question 2", "answer 1", "question 3", "answer 2", "question 4"], model.Histories[2].Select(message => message.Text));
        Assert.Equal(windowMessages == 0 ? 0 : Math.Min(windowMessages, 8), second.Feeds.Find(id)!.Inspect(0).Window.Count);
    }

    [Fact]
    public async Task Of_a_chat_that_is_put_away_the_running_turn_ends_and_the_next_waits_until_it_is_brought_back()
    {
        var go = new TaskCompletionSource();
        var model = new ScriptedModel((call, _, _) => SayWhenAsync(go.Task, $"answer {call}"));
        var node = new Node(new FakeStore(), model);
        var id = await node.CreateAsync();
        await node.ExecuteAsync(id, new SendMessage("queued"));
        await node.ExecuteAsync(id, new UpdateChat(Archived: true));
        go.SetResult();
        var screen = await node.FollowAsync(id, _ended);
        Assert.Equal(["hello", "answer 1"], screen.Texts);
        Assert.Equal(1, model.Calls);
        await node.ExecuteAsync(id, new UpdateChat(Archived: false));
        screen = await node.FollowAsync(id, shown => shown.Texts.Count == 4 && shown.Status == "waiting");
        Assert.Equal(["hello", "answer 1", "queued", "answer 2"], screen.Texts);

        static async IAsyncEnumerable<AIContent> SayWhenAsync(Task when, string text)
        {
            await when;
            yield return new TextContent(text);
        }
    }

    [Fact]
    public async Task A_message_sent_while_the_model_answers_waits_and_is_answered_next()
    {
        var go = new TaskCompletionSource();
        var node = new Node(new FakeStore(), new ScriptedModel((call, _, ct) => SayAfter(call == 1 ? go.Task : Task.CompletedTask, $"answer {call}", ct)));
        var id = await node.CreateAsync();
        await node.ExecuteAsync(id, new SendMessage("queued"));
        go.SetResult();
        var screen = await node.FollowAsync(id, shown => shown.Ids.Count == 4 && shown.Status == "waiting");
        Assert.Equal(["hello", "before answer 1", "queued", "before answer 2"], screen.Texts);
    }

    [Fact]
    public async Task A_stop_keeps_what_was_answered_so_far()
    {
        var node = new Node(new FakeStore(), new ScriptedModel((_, _, ct) => SayAfter(Forever(ct), "never", ct)));
        var id = await node.CreateAsync();
        var screen = await node.FollowAsync(id, shown => shown.Preview == "before ");
        await node.ExecuteAsync(id, new Interrupt());
        screen = await node.FollowAsync(id, shown => shown.Status == "waiting", screen);
        Assert.Equal(["hello", "before "], screen.Texts);
        Assert.Equal(FinishReason.Interrupted, node.Store.History(id)[^1].FinishReason);
    }

    [Fact]
    public async Task An_interrupting_message_stops_the_answer_and_is_answered()
    {
        var node = new Node(new FakeStore(), new ScriptedModel((call, _, ct) =>
            SayAfter(call == 1 ? Forever(ct) : Task.CompletedTask, $"answer {call}", ct)));
        var id = await node.CreateAsync();
        await node.FollowAsync(id, shown => shown.Preview == "before ");
        await node.ExecuteAsync(id, new SendMessage("stop that", BusyBehavior.Interrupt));
        var screen = await node.FollowAsync(id, shown => shown.Ids.Count == 4 && shown.Status == "waiting");
        Assert.Equal(["hello", "before ", "stop that", "before answer 2"], screen.Texts);
    }

    [Fact]
    public async Task An_edit_in_mid_answer_gives_one_question_and_one_answer()
    {
        var node = new Node(new FakeStore(), new ScriptedModel((call, _, ct) =>
            SayAfter(call == 1 ? Forever(ct) : Task.CompletedTask, $"answer {call}", ct)));
        var id = await node.CreateAsync();
        var screen = await node.FollowAsync(id, shown => shown.Preview == "before ");
        await node.Chats.EditAsync("owner", id, 1, "better question", null, CancellationToken.None);
        screen.Reconnected();
        screen = await node.FollowAsync(id, shown => shown.Ids.Count == 2 && shown.Status == "waiting", screen);
        Assert.Equal(["better question", "before answer 2"], screen.Texts);
        Assert.Equal(1, screen.Resets);
    }

    [Fact]
    public async Task A_failed_call_is_repeated_after_a_pause_and_its_parts_are_cleared()
    {
        var node = new Node(new FakeStore(), new ScriptedModel((call, _, ct) =>
            SayAfter(call == 1 ? Task.FromException(new HttpRequestException("secret address")) : Task.CompletedTask, $"answer {call}", ct)));
        var id = await node.CreateAsync();
        var screen = await node.FollowAsync(id, shown => shown.Log.Exists(entry => entry.StartsWith("retry", StringComparison.Ordinal)));
        Assert.Equal("model_unreachable", node.Store.State(id).Retry!.Error.Code);
        screen.Reconnected();
        var following = node.FollowAsync(id, _ended, screen);
        await AdvanceUntilAsync(node, following);
        Assert.Equal(["hello", "before answer 2"], (await following).Texts);
        Assert.Contains(screen.Log, entry => entry.StartsWith("preview_reset", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_model_that_keeps_failing_ends_the_turn_in_error_without_a_word_of_the_cause()
    {
        var node = new Node(new FakeStore(), new ScriptedModel((_, _, ct) => SayAfter(Task.FromException(new InvalidOperationException("key=secret")), "x", ct)));
        var id = await node.CreateAsync();
        var following = node.FollowAsync(id, shown => shown.Status == "error");
        await AdvanceUntilAsync(node, following);
        var error = node.Store.State(id).Error!;
        Assert.Equal("model_failed", error.Code);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.Equal("before ", (await following).Texts[^1]);
        Assert.Equal(FinishReason.Failed, node.Store.History(id)[^1].FinishReason);
    }

    [Fact]
    public async Task An_error_that_no_repetition_helps_ends_the_turn_at_once()
    {
        var model = new ScriptedModel((_, _, ct) => SayAfter(Task.FromException(new ModelException("model_unauthorized", "No.", retryable: false)), "x", ct));
        var node = new Node(new FakeStore(), model);
        await node.FollowAsync(await node.CreateAsync(), shown => shown.Status == "error");
        Assert.Equal(1, model.Calls);
    }

    [Fact]
    public async Task A_model_that_falls_silent_counts_as_failed()
    {
        var node = new Node(new FakeStore(), new ScriptedModel((call, _, ct) =>
            SayAfter(call == 1 ? Forever(ct) : Task.CompletedTask, $"answer {call}", ct)));
        var id = await node.CreateAsync();
        await node.FollowAsync(id, shown => shown.Preview == "before ");
        var following = node.FollowAsync(id, _ended);
        await AdvanceUntilAsync(node, following, TimeSpan.FromMinutes(1));
        Assert.Equal(["hello", "before answer 2"], (await following).Texts);
    }

    [Fact]
    public async Task A_model_that_never_comes_to_an_end_counts_as_failed_though_it_is_not_silent()
    {
        // Less than the limit on silence goes by between two updates, of which none says anything.
        var node = new Node(
            new FakeStore(), new ScriptedModel((_, _, ct) => KeepOn(ct)), worker: new WorkerOptions { MaxAttempts = 1, ModelSilence = TimeSpan.FromHours(3), MaxAnswerTime = TimeSpan.FromHours(1) });
        var id = await node.CreateAsync();
        var following = node.FollowAsync(id, screen => screen.Status == "error");
        await AdvanceUntilAsync(node, following, TimeSpan.FromMinutes(1));
        await following;
        Assert.Equal("model_timeout", node.Store.State(id).Error!.Code);

        static async IAsyncEnumerable<AIContent> KeepOn([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                await Task.Yield();
                yield return new TextContent(string.Empty);
            }
        }
    }

    [Fact]
    public async Task Tool_calls_run_in_steps_that_commit_one_by_one()
    {
        string? key = null;
        var tool = AIFunctionFactory.Create(
            (int a, AIFunctionArguments arguments) =>
            {
                key = arguments.Context?[ToolRegistry.IdempotencyKey]?.ToString();
                return $"{a + 1}";
            },
            "increase");
        var node = new Node(new FakeStore(), CallThenSay("increase", """{"a":41}"""), functions: tool);
        var id = await node.CreateAsync();
        await node.FollowAsync(id, _ended);
        var history = node.Store.History(id);
        Assert.Equal([MessageRole.User, MessageRole.Assistant, MessageRole.Tool, MessageRole.Assistant], history.Select(message => message.Role));
        Assert.Equal(new ToolResultPart("call-1", "42"), history[2].Parts[0]);
        Assert.Equal($"{id}-1-0", key);
        Assert.Equal([0L, 1, 0, 2], history.Select(message => message.Generation));
    }

    [Fact]
    public async Task A_stop_while_a_tool_runs_keeps_the_answer_once()
    {
        var (node, id) = await WithARunningToolAsync();
        await node.ExecuteAsync(id, new Interrupt());
        var screen = await node.FollowAsync(id, shown => shown.Status == "waiting");
        Assert.Equal(["hello", "let me see#", "#"], screen.Texts);
        Assert.Equal(new ToolResultPart("call-1", "Cancelled: the user stopped the turn. The call may have begun, so it may have had effects.", IsError: true), node.Store.History(id)[2].Parts[0]);
    }

    [Fact]
    public async Task One_who_comes_while_a_tool_runs_gets_no_parts_of_the_answer_that_is_committed()
    {
        var (node, id) = await WithARunningToolAsync();
        var screen = new Screen();
        await node.FollowAsync(id, shown => shown.Log.Contains("queue_update "), screen);
        Assert.Equal(["hello", "let me see#"], screen.Texts);
        Assert.DoesNotContain(screen.Log, entry => entry.StartsWith("message_part", StringComparison.Ordinal));
        Assert.Equal(2, screen.Position.MessageId);
    }

    [Fact]
    public async Task A_tool_that_fails_or_does_not_exist_gives_a_result_the_model_can_read()
    {
        var failing = AIFunctionFactory.Create(string () => throw new InvalidOperationException("secret"), "failing");
        var node = new Node(new FakeStore(), new ScriptedModel((call, _, _) => call == 1
            ? Give(new FunctionCallContent("c1", "failing"), new FunctionCallContent("c2", "unknown"))
            : ScriptedModel.Say("sorry")), functions: failing);
        var id = await node.CreateAsync();
        await node.FollowAsync(id, _ended);
        var results = node.Store.History(id)[2].Parts.Cast<ToolResultPart>().ToArray();
        Assert.All(results, result => Assert.True(result.IsError));
        Assert.DoesNotContain(results, result => result.Result.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_model_that_calls_tools_without_end_is_stopped_by_the_limit_on_steps()
    {
        var tool = AIFunctionFactory.Create(() => "again", "again");
        var model = new ScriptedModel((call, _, _) => Give(new FunctionCallContent($"c{call}", "again")));
        var node = new Node(new FakeStore(), model, worker: new WorkerOptions { MaxSteps = 3 }, functions: tool);
        var id = await node.CreateAsync();
        await node.FollowAsync(id, _ended);
        Assert.Equal(3, model.Calls);
        Assert.Equal(FinishReason.StepLimit, node.Store.History(id)[^2].FinishReason);
        Assert.True(((ToolResultPart)node.Store.History(id)[^1].Parts[0]).IsError);
    }

    [Fact]
    public async Task A_client_side_tool_waits_for_the_client()
    {
        var node = new Node(new FakeStore(), CallThenSay("pick", "{}"));
        var created = await node.Chats.CreateAsync(
            "owner", new NewChat("pick one") { ClientTools = [new ClientTool("pick", "Picks.", """{"type":"object"}""")] }, null, CancellationToken.None);
        var id = ((CommandResult.Committed)created).Transition.Next.Id;
        var screen = await node.FollowAsync(id, shown => shown.Log.Contains("action_required "));
        Assert.Null(node.Store.State(id).Lease);
        await node.ExecuteAsync(id, new SubmitToolResults([new ToolResultPart("call-1", "the red one")]));
        screen.Reconnected();
        screen = await node.FollowAsync(id, shown => shown.Status == "waiting", screen);
        Assert.Equal("done", screen.Texts[^1]);
    }

    [Fact]
    public async Task An_answer_without_end_is_cut_at_the_limit()
    {
        var model = new ScriptedModel((_, _, ct) => Endless(ct));
        var node = new Node(new FakeStore(), model, worker: new WorkerOptions { MaxAnswerChars = 1_000 });
        var id = await node.CreateAsync();
        await node.FollowAsync(id, _ended);
        Assert.Equal(FinishReason.Length, node.Store.History(id)[^1].FinishReason);
    }

    [Fact]
    public async Task An_answer_that_comes_in_one_piece_is_cut_at_the_limit_too()
    {
        var model = new ScriptedModel((call, _, _) => call == 1 ? ScriptedModel.Say("12345", new string('x', 100_000)) : Give(
            new TextContent("before "), new FunctionCallContent("c", "tool", new Dictionary<string, object?> { ["x"] = new string('x', 100_000) })));
        var node = new Node(new FakeStore(), model, worker: new WorkerOptions { MaxAnswerChars = 1_000 });
        var id = await node.CreateAsync();
        await node.FollowAsync(id, _ended);
        Assert.Equal((1_000, FinishReason.Length), (((TextPart)node.Store.History(id)[^1].Parts[0]).Text.Length, node.Store.History(id)[^1].FinishReason));

        // A tool call cannot be cut, so it goes.
        await node.ExecuteAsync(id, new SendMessage("again"));
        await node.FollowAsync(id, shown => shown.Status == "waiting" && shown.Ids.Count == 4);
        Assert.Equal([new TextPart("before ")], node.Store.History(id)[^1].Parts);
        Assert.Equal(FinishReason.Length, node.Store.History(id)[^1].FinishReason);
    }

    [Fact]
    public async Task The_chats_of_a_replica_that_is_gone_are_taken_over_and_finished()
    {
        var store = new FakeStore();
        var gone = new Node(store, new ScriptedModel((_, _, ct) => SayAfter(Forever(ct), "never", ct)), "gone");
        var id = await gone.CreateAsync();
        var screen = await gone.FollowAsync(id, shown => shown.Preview == "before ");

        var heir = new Node(store, ScriptedModel.Answering(), "heir");
        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        screen.Reconnected();
        screen = await heir.FollowAsync(id, _ended, screen);
        Assert.Equal(["hello", "answer 1"], screen.Texts);
        Assert.Equal("heir", heir.Options.Replica);

        // The one that was gone wakes up: it cannot commit.
        var late = new FinishTurn(1, 1, new Answer([new TextPart("late")], FinishReason.Stop));
        gone.Feeds.Pin(id).Feed.MarkUnsynced();
        Assert.IsType<CommandResult.Refused>(await gone.Committer.ExecuteAsync(id, null, (_, _) => new(late), null, CancellationToken.None));
        Assert.Equal(2, store.History(id).Count);
    }

    [Fact]
    public async Task A_replica_that_shuts_down_hands_its_turns_over_with_what_they_have()
    {
        var store = new FakeStore();
        var leaving = new Node(store, new ScriptedModel((_, _, ct) => SayAfter(Forever(ct), "never", ct)), "leaving", worker: new WorkerOptions { DrainTime = TimeSpan.FromSeconds(1) });
        var id = await leaving.CreateAsync();
        await leaving.FollowAsync(id, shown => shown.Preview == "before ");
        var draining = leaving.Worker.DrainAsync(CancellationToken.None);
        leaving.Time.Advance(TimeSpan.FromSeconds(1));
        await draining;
        Assert.Equal((ChatStatus.Running, null), (store.State(id).Status, store.State(id).Lease));
        Assert.Equal(0, leaving.Worker.Places.Free);

        var model = ScriptedModel.Answering();
        var heir = new Node(store, model, "heir");
        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        var screen = await heir.FollowAsync(id, shown => shown.Status == "waiting");
        Assert.Equal(["hello", "before ", "answer 1"], screen.Texts);
        Assert.Equal(PromptBuilder.ContinueInstruction, model.Histories[0][^1].Text);
    }

    [Fact]
    public async Task A_turn_that_kills_its_worker_again_and_again_is_given_up()
    {
        var store = new FakeStore();
        var id = default(ChatId);
        for (var crash = 0; crash < 5; crash++)
        {
            var node = new Node(store, new ScriptedModel((_, _, ct) => SayAfter(Forever(ct), "never", ct)), $"crash-{crash}");
            if (crash == 0)
            {
                id = await node.CreateAsync();
            }
            else
            {
                await node.Takeover.TakeOverAsync(CancellationToken.None);
            }
        }

        var last = new Node(store, ScriptedModel.Answering(), "last");
        await last.Takeover.TakeOverAsync(CancellationToken.None);
        await last.FollowAsync(id, shown => shown.Status == "error");
        Assert.Equal("turn_abandoned", store.State(id).Error!.Code);
    }

    [Fact]
    public async Task A_database_that_fails_for_a_while_costs_time_and_no_answer()
    {
        var failures = 3;
        var store = new FakeStore();
        var model = ScriptedModel.Answering();
        var node = new Node(store, model);
        store.Before = call => call == "commit" && store.Loads + failures > 0 && node.Worker.Count > 0 && Interlocked.Decrement(ref failures) >= 0
            ? Task.FromException(new ChatStoreException("away"))
            : Task.CompletedTask;
        var following = node.FollowAsync(await node.CreateAsync(), _ended);
        await AdvanceUntilAsync(node, following);
        Assert.Equal(["hello", "answer 1"], (await following).Texts);
        Assert.Equal(1, model.Calls);
    }

    [Fact]
    public async Task An_answer_outlives_a_database_that_does_not_even_say_no()
    {
        var (failures, hangs) = (1, 3);
        var store = new FakeStore();
        var model = ScriptedModel.Answering();
        var node = new Node(store, model, feeds: new FeedOptions { ReadTimeout = TimeSpan.FromSeconds(2) });
        store.Before = call => call switch
        {
            "commit" when node.Worker.Count > 0 && Interlocked.Decrement(ref failures) >= 0 => Task.FromException(new ChatStoreException("away")),
            "load" when Interlocked.Decrement(ref hangs) >= 0 => Task.Delay(TimeSpan.FromSeconds(2), node.Time).ContinueWith(_ => throw new TaskCanceledException(), TaskScheduler.Default),
            _ => Task.CompletedTask,
        };
        var id = await node.CreateAsync();
        await AdvanceUntilAsync(node, Eventually.IsAsync(() => store.State(id).Status == ChatStatus.Waiting));
        Assert.Equal((2, 1), (store.History(id).Count, model.Calls));
    }

    [Fact]
    public async Task Tool_results_larger_than_the_history_budget_do_not_hide_the_question_from_the_model()
    {
        var model = new ScriptedModel((call, _, _) => call <= 3 ? Give(new FunctionCallContent($"c{call}", "read")) : ScriptedModel.Say("done"));
        var node = new Node(new FakeStore(), model, worker: new WorkerOptions { MaxHistoryBytes = 20_000 }, feeds: new FeedOptions { WindowBytes = 30_000 },
            functions: AIFunctionFactory.Create(() => new string('x', 12_000), "read"));
        await node.FollowAsync(await node.CreateAsync("what does it say?"), _ended);
        Assert.Equal(4, model.Calls);
        Assert.All(model.Histories, history => Assert.Equal("what does it say?", history is [var first, ..] ? first.Text : null));
        Assert.Equal(7, model.Histories[3].Count);
    }

    [Fact]
    public async Task A_chat_that_cannot_be_taken_over_does_not_keep_others_waiting()
    {
        var store = new FakeStore();
        var gone = new Node(store, new ScriptedModel((_, _, ct) => SayAfter(Forever(ct), "never", ct)), "gone");
        var broken = await gone.CreateAsync("broken");
        gone.Time.Advance(TimeSpan.FromSeconds(1));
        var whole = await gone.CreateAsync("whole");
        var heir = new Node(store, new ScriptedModel((_, _, ct) => SayAfter(Forever(ct), "never", ct)), "heir", worker: new WorkerOptions { MaxConcurrentTurns = 1 });
        store.FailLoad = id => id == broken ? new ChatStoreException("cannot be read") : null;
        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        Assert.Equal(["gone", "heir"], new[] { broken, whole }.Select(id => store.State(id).Lease!.Replica));
    }

    [Fact]
    public async Task A_replica_whose_heartbeat_was_late_does_not_take_its_own_turns_away_from_itself()
    {
        var go = new TaskCompletionSource();
        var model = new ScriptedModel((call, _, ct) => SayAfter(go.Task, $"answer {call}", ct));
        var node = new Node(new FakeStore(), model);
        var id = await node.CreateAsync();
        await node.FollowAsync(id, shown => shown.Preview == "before ");

        // The store has heard no heartbeat of this replica, as after a pause of the process.
        await node.Takeover.TakeOverAsync(CancellationToken.None);
        go.SetResult();
        await node.FollowAsync(id, _ended);
        Assert.Equal(1, model.Calls);
    }

    [Fact]
    public async Task A_commit_whose_outcome_was_in_doubt_is_neither_lost_nor_doubled()
    {
        var doubts = 1;
        var store = new FakeStore();
        var node = new Node(store, ScriptedModel.Answering());
        var id = await node.CreateAsync();
        await node.FollowAsync(id, _ended);
        store.After = call => call == "commit" && Interlocked.Decrement(ref doubts) >= 0 ? Task.FromException(new ChatStoreException("no answer")) : Task.CompletedTask;
        await Assert.ThrowsAsync<ChatStoreException>(() => node.ExecuteAsync(id, new SendMessage("in doubt")));

        // It did commit, and granted this replica the lease. Nobody published it, yet the turn is driven to its end.
        var screen = await node.FollowAsync(id, shown => shown.Ids.Count == 4 && shown.Status == "waiting");
        Assert.Equal(["hello", "answer 1", "in doubt", "answer 2"], screen.Texts);
    }

    [Fact]
    public async Task Work_beyond_the_places_waits_for_one()
    {
        var go = new TaskCompletionSource();
        var node = new Node(new FakeStore(), new ScriptedModel((call, _, ct) => SayAfter(go.Task, $"answer {call}", ct)), worker: new WorkerOptions { MaxConcurrentTurns = 1 });
        var woken = new TaskCompletionSource();
        var first = await node.CreateAsync();
        var second = await node.CreateAsync();
        Assert.Null(node.Store.State(second).Lease);
        node.Worker.WorkWaits += woken.SetResult;
        go.SetResult();
        await node.FollowAsync(first, _ended);
        await woken.Task;
        await node.Takeover.TakeOverAsync(CancellationToken.None);
        await node.FollowAsync(second, _ended);
    }

    private static async IAsyncEnumerable<AIContent> SayAfter(Task wait, string text, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new TextContent("before ");
        await wait.WaitAsync(cancellationToken);
        yield return new TextContent(text);
    }

    private static Task Forever(CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);

    private static async IAsyncEnumerable<AIContent> Give(params AIContent[] contents)
    {
        foreach (var content in contents)
        {
            await Task.Yield();
            yield return content;
        }
    }

    private static async IAsyncEnumerable<AIContent> Endless([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Yield();
            yield return new TextContent("more and more ");
        }
    }

    /// <summary>A turn whose answer is committed and whose tool runs until it is cancelled.</summary>
    private static async Task<(Node Node, ChatId Id)> WithARunningToolAsync()
    {
        var started = new TaskCompletionSource();
        var slow = AIFunctionFactory.Create(
            async (CancellationToken cancellationToken) =>
            {
                started.SetResult();
                await Forever(cancellationToken);
            },
            "slow");
        var model = new ScriptedModel((_, _, _) => Give(new TextContent("let me see"), new FunctionCallContent("call-1", "slow")));
        var node = new Node(new FakeStore(), model, functions: slow);
        var id = await node.CreateAsync();
        await started.Task;
        return (node, id);
    }

    private static ScriptedModel CallThenSay(string tool, string arguments) => new((call, _, _) => call == 1
        ? Give(new FunctionCallContent("call-1", tool, System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, object?>>(arguments)))
        : ScriptedModel.Say("done"));

    private static Task AdvanceUntilAsync(Node node, Task happens, TimeSpan? step = null) => Eventually.AdvanceUntilAsync(node.Time, happens, step ?? TimeSpan.FromSeconds(1));
}
