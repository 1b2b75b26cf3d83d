using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Models;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using DurableChat.Workers;
using Microsoft.Extensions.AI;
using Xunit;

namespace DurableChat.Tests.Workers;

/// <summary>
/// Another model answers where the chat's own has failed: within the turn, visibly, and with attempts of its own.
/// </summary>
public sealed class FallbackTests
{
    private static readonly ModelException _down = new(ModelErrors.OfStatus(503));
    private readonly FakeStore _store = new();
    private readonly List<string> _calls = [];
    private readonly CountingMeters _meters = new();

    [Fact]
    public async Task The_answer_names_the_model_that_made_it_and_everyone_sees_the_switch()
    {
        // Each model waits until the follower has seen what was before it, however busy the machine is.
        var (watched, switched) = (new TaskCompletionSource(), new TaskCompletionSource());
        var node = NodeWith(
            Script((_, _) => After(watched.Task, Costing(Fail(_down, "half")))),
            Script((_, _) => After(switched.Task, Costing(CostlyModel.Say(new TextPart("from b"))))));
        var id = await node.CreateAsync();
        var following = node.FollowAsync(id, shown =>
        {
            _ = shown.Status != "running" || watched.TrySetResult();
            _ = shown.Fallbacks.Count == 0 || switched.TrySetResult();
            return shown.Status is "waiting" or "error";
        });
        await Eventually.AdvanceUntilAsync(node.Time, following, TimeSpan.FromSeconds(1));
        var screen = await following;
        Assert.Equal(["hello", "from b"], screen.Texts);
        Assert.Equal(["b"], screen.Fallbacks.Distinct());
        Assert.Equal(("b", "demo"), (_store.History(id)[^1].Model, _store.State(id).Model));
        Assert.Contains(screen.Log, line => line.StartsWith("preview_reset", StringComparison.Ordinal));
        Assert.Equal(1, _meters.Sum("durablechat.generation.fallbacks"));
    }

    [Fact]
    public async Task A_retry_that_another_model_makes_names_it()
    {
        var node = NodeWith(Fails(), Says("from b"));
        RetryState? seen = null;
        _store.After = call =>
        {
            seen = _store.Ids.Count > 0 && _store.State(_store.Ids[0]).Retry is { Model: not null } retry ? retry : seen;
            return Task.CompletedTask;
        };
        await EndAsync(node, await node.CreateAsync());
        Assert.Equal(("b", 2, 2, "model_unavailable", TimeSpan.Zero), (seen?.Model, seen!.Attempt, seen.MaxAttempts, seen.Error.Code, seen.Delay));
    }

    [Fact]
    public async Task Each_model_has_its_attempts_and_the_last_one_s_error_ends_the_turn()
    {
        var node = NodeWith(Fails(), Fails(), Fails(error: new ModelException(ModelErrors.Quota)));
        var id = await node.CreateAsync();
        await EndAsync(node, id);
        Assert.Equal(["demo", "demo", "b", "b", "c"], _calls);
        Assert.Equal((ChatStatus.Error, "model_quota", (Fallback?)null), (_store.State(id).Status, _store.State(id).Error!.Code, _store.State(id).Fallback));
    }

    [Fact]
    public async Task What_each_model_has_cost_counts_for_that_model()
    {
        var node = NodeWith(Fails("half"), Fails("half"), Says("from c"));
        var id = await node.CreateAsync();
        await EndAsync(node, id);
        var usage = await _store.ReadUsageAsync("owner", DateOnly.MinValue, DateOnly.MaxValue, CancellationToken.None);
        Assert.Equal([("b", 2L, 2L), ("c", 1L, 1L), ("demo", 2L, 2L)], usage.Select(day => (day.Model, day.Requests, day.Usage.InputTokens)).Order());
        Assert.Equal(5, _store.State(id).Usage!.InputTokens);
    }

    [Fact]
    public async Task The_last_model_s_partial_answer_is_kept_as_its_own()
    {
        var node = NodeWith(Fails("half of demo"), Fails("half of b"), Fails("half of c"));
        var id = await node.CreateAsync();
        await EndAsync(node, id);
        var message = _store.History(id)[^1];
        Assert.Equal(("c", "half of c", FinishReason.Failed), (message.Model, ((TextPart)message.Parts[0]).Text, message.FinishReason));
    }

    [Theory]
    [InlineData("model_refused")]
    [InlineData("model_context_overflow")]
    [InlineData("model_rejected_request")]
    public async Task An_error_that_is_not_listed_ends_the_turn(string code)
    {
        var node = NodeWith(Fails(error: new ModelException(code, "No.", retryable: false)), Says("from b"));
        var id = await node.CreateAsync();
        await EndAsync(node, id);
        Assert.Equal((code, 1), (_store.State(id).Error!.Code, _calls.Count));
    }

    [Fact]
    public async Task The_turn_stays_with_the_model_it_has_come_to_and_the_next_begins_with_the_chat_s_own()
    {
        var tool = AIFunctionFactory.Create(() => "result", "tool");
        var b = Script((number, _) => number == 1 ? CostlyModel.Say(new ToolCallPart("c", "tool", "{}")) : CostlyModel.Say(new TextPart("from b")));
        var node = NodeWith(Script((number, _) => number <= 2 ? Fail(_down) : CostlyModel.Say(new TextPart("from demo"))), b, functions: tool);
        var id = await node.CreateAsync();
        await EndAsync(node, id);
        await node.ExecuteAsync(id, new SendMessage("again"));
        await EndAsync(node, id);
        Assert.Equal(["demo", "demo", "b", "b", "demo"], _calls);
        Assert.Equal(["b", "b", "demo"], _store.History(id).Where(message => message.Role == MessageRole.Assistant).Select(message => message.Model));
    }

    [Fact]
    public async Task A_queued_message_and_an_edited_one_begin_with_the_chat_s_own_model()
    {
        var answers = new TaskCompletionSource();
        var node = NodeWith(
            Script((number, _) => number <= 2 ? Fail(_down) : CostlyModel.Say(new TextPart("from demo"))),
            Script((_, _) => SayAfter(answers.Task, "from b")));
        var id = await node.CreateAsync();
        await AdvanceUntilAsync(node, () => _calls.Contains("b"));
        await node.ExecuteAsync(id, new SendMessage("queued"));
        answers.SetResult();
        await EndAsync(node, id);
        await node.ExecuteAsync(id, new EditMessage(_store.History(id)[^2], "edited"));
        await EndAsync(node, id);
        Assert.Equal(["demo", "demo", "b", "demo", "demo"], _calls);
    }

    [Fact]
    public async Task Attempts_begin_anew_with_each_step_and_the_model_may_fall_back_further()
    {
        var tool = AIFunctionFactory.Create(() => "result", "tool");
        var b = Script((number, _) => number switch
        {
            1 => Fail(_down),
            2 => CostlyModel.Say(new ToolCallPart("c", "tool", "{}")),
            _ => Fail(_down),
        });
        var node = NodeWith(Fails(), b, Says("from c"), functions: tool);
        var id = await node.CreateAsync();
        await EndAsync(node, id);
        Assert.Equal(["demo", "demo", "b", "b", "b", "b", "c"], _calls);
        Assert.Equal("c", _store.History(id)[^1].Model);
    }

    [Fact]
    public async Task After_the_death_of_the_replica_the_turn_goes_on_with_the_model_it_had_come_to()
    {
        var node = NodeWith(Fails(), Script((_, _) => CostlyModel.Hang("half", CancellationToken.None)));
        var id = await node.CreateAsync();
        await AdvanceUntilAsync(node, () => _calls.Contains("b"));

        var heir = NodeWith(Says("from demo"), Says("from b"), replica: "heir");
        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        await EndAsync(heir, id);
        Assert.Equal(["demo", "demo", "b", "b"], _calls);
        Assert.Equal("b", _store.History(id)[^1].Model);
    }

    [Fact]
    public async Task A_turn_that_is_handed_over_goes_on_with_the_model_it_had_come_to()
    {
        var node = NodeWith(Fails(), Script((_, token) => CostlyModel.Hang("half", token)));
        var id = await node.CreateAsync();
        await AdvanceUntilAsync(node, () => _calls.Contains("b"));
        await node.FollowAsync(id, screen => screen.Preview == "half");
        var draining = node.Worker.DrainAsync(CancellationToken.None);
        node.Time.Advance(node.Options.DrainTime);
        await draining;

        var heir = NodeWith(Says("from demo"), Script((number, _) => number == 1 ? Fail(_down) : CostlyModel.Say(new TextPart("rest"))), replica: "heir");
        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        await EndAsync(heir, id);
        Assert.Equal(["demo", "demo", "b", "b", "b"], _calls);
        Assert.Equal(["b", "b"], _store.History(id).Skip(1).Select(message => message.Model));
    }

    [Fact]
    public async Task A_replica_that_dies_again_and_again_counts_attempts_of_the_model_it_has_come_to()
    {
        ChatId? id = null;
        for (var replica = 0; replica < 4; replica++)
        {
            var node = NodeWith(Fails(), Script((_, _) => CostlyModel.Hang("", CancellationToken.None)), replica: $"r{replica}");
            id ??= await node.CreateAsync();
            await node.Takeover.TakeOverAsync(CancellationToken.None);
            await AdvanceUntilAsync(node, () => _calls.Count(call => call == "b") > replica || _store.State(id.Value).Status == ChatStatus.Error);
        }

        Assert.Equal(["demo", "demo", "b", "b"], _calls);
        Assert.Equal("turn_abandoned", _store.State(id!.Value).Error!.Code);
    }

    [Fact]
    public async Task What_one_provider_refused_is_offered_to_the_next()
    {
        var tool = AIFunctionFactory.Create(() => "result", "tool");
        var offered = new List<int>();
        var demo = new ScriptedModelClient((_, request, _) => Fail(request.Tools.Count > 0 ? new ModelException(ModelErrors.OfStatus(400) with { AreToolsRefused = true }) : _down));
        var b = new ScriptedModelClient((_, request, _) =>
        {
            offered.Add(request.Tools.Count);
            return CostlyModel.Say(new TextPart("from b"));
        });
        var node = NodeWith(demo, b, functions: tool);
        await EndAsync(node, await node.CreateAsync());
        Assert.Equal([1], offered);
    }

    [Fact]
    public async Task While_the_client_s_tool_is_waited_for_the_model_stays()
    {
        var b = Script((number, _) => number == 1 ? CostlyModel.Say(new ToolCallPart("c", "ask", "{}")) : CostlyModel.Say(new TextPart("from b")));
        var node = NodeWith(Fails(), b);
        var created = await node.Chats.CreateAsync("owner", new NewChat("hello") { ClientTools = [new ClientTool("ask", "Asks.", "{}")] }, null, CancellationToken.None);
        var id = ((CommandResult.Committed)created).Transition.Next.Id;
        await AdvanceUntilAsync(node, () => _store.State(id).Status == ChatStatus.RequiresAction);
        await node.ExecuteAsync(id, new SubmitToolResults([new ToolResultPart("c", "yes")]));
        await EndAsync(node, id);
        Assert.Equal(["demo", "demo", "b", "b"], _calls);
    }

    [Fact]
    public async Task A_stop_is_no_failure()
    {
        var node = NodeWith(Script((_, token) => CostlyModel.Hang("half", token)), Says("from b"));
        var id = await node.CreateAsync();
        await node.FollowAsync(id, screen => screen.Preview == "half");
        await node.ExecuteAsync(id, new Interrupt());
        await EndAsync(node, id);
        Assert.Equal(["demo"], _calls);
        Assert.Equal(FinishReason.Interrupted, _store.History(id)[^1].FinishReason);
    }

    [Fact]
    public async Task A_message_that_names_a_model_and_settings_falls_back_from_that_model_with_what_the_other_allows()
    {
        var c = Says("from c");
        var demo = Says("from demo");
        var node = NodeWith(
            demo, Fails(), c, allowed: new AllowedSettings { Temperature = new SettingBounds(0, 1), Seed = true });
        var id = await node.CreateAsync();
        await EndAsync(node, id);
        await node.ExecuteAsync(
            id, new SendMessage("again") { Model = "b", Settings = new GenerationSettings { Temperature = 0.9, Seed = 7 } });
        await EndAsync(node, id);
        await node.ExecuteAsync(id, new SendMessage("and once more"));
        await EndAsync(node, id);
        Assert.Equal(["demo", "b", "b", "c", "demo"], _calls);
        Assert.Equal(new GenerationSettings { Temperature = 0.5 }, c.Requests.Single().Settings);
        Assert.Equal(["demo", "c", "demo"], _store.History(id).Where(message => message.Role == MessageRole.Assistant).Select(message => message.Model));
        var usage = await _store.ReadUsageAsync("owner", DateOnly.MinValue, DateOnly.MaxValue, CancellationToken.None);
        Assert.Equal([("b", 2L), ("c", 1L), ("demo", 2L)], usage.Select(day => (day.Model, day.Requests)).Order());
    }

    [Fact]
    public async Task A_stored_state_keeps_the_model_it_has_come_to()
    {
        var node = NodeWith(Says("x"));
        var chat = _store.State(await node.CreateAsync()) with
        {
            Fallback = new Fallback("b", 2),
            Retry = new RetryState(2, 2, _down.Failure.Error, DateTimeOffset.UnixEpoch) { Model = "b" },
        };
        var read = StoreJson.ReadState(chat with { Fallback = null, Retry = null }, StoreJson.WriteState(chat), []);
        Assert.Equal((chat.Fallback, chat.Retry), (read.Fallback, read.Retry));
        Assert.Equal(("b", "demo"), (read.AnsweringModel, read.Model));
    }

    private Node NodeWith(IModelClient demo, IModelClient? b = null, IModelClient? c = null, string replica = "a", AllowedSettings? allowed = null, params AIFunction[] functions)
    {
        var others = new List<ModelDefinition>();
        if (b is not null)
        {
            others.Add(new ModelDefinition("b", Noting("b", b), null) { Fallback = c is null ? null : "c", Allow = allowed ?? AllowedSettings.Nothing });
        }

        if (c is not null)
        {
            others.Add(new ModelDefinition("c", Noting("c", c), null)
            {
                Allow = new AllowedSettings { Temperature = allowed is null ? null : new SettingBounds(0, 0.5) },
            });
        }

        return new Node(
            _store, Noting("demo", demo), replica, worker: new WorkerOptions { MaxAttempts = 2, DrainTime = TimeSpan.FromSeconds(1) }, meters: _meters,
            define: model => model with { Fallback = b is null ? null : "b" }, others: others, functions: functions);
    }

    private ScriptedModelClient Noting(string name, IModelClient model) => new((_, request, token) =>
    {
        lock (_calls)
        {
            _calls.Add(name);
        }

        return model.StreamAsync(request, token);
    });

    private static ScriptedModelClient Script(Func<int, CancellationToken, IAsyncEnumerable<ModelUpdate>> script) => new((number, _, token) => script(number, token));

    private static ScriptedModelClient Says(string text) => Script((_, _) => Costing(CostlyModel.Say(new TextPart(text))));

    private static ScriptedModelClient Fails(string text = "", ModelException? error = null) => Script((_, _) => Costing(Fail(error ?? _down, text)));

    private static async IAsyncEnumerable<ModelUpdate> After(Task begins, IAsyncEnumerable<ModelUpdate> updates)
    {
        await begins;
        await foreach (var update in updates)
        {
            yield return update;
        }
    }

    private static async IAsyncEnumerable<ModelUpdate> Costing(IAsyncEnumerable<ModelUpdate> updates)
    {
        yield return new UsageUpdate(new TokenUsage(1, 1));
        await foreach (var update in updates)
        {
            yield return update;
        }
    }

    private static async IAsyncEnumerable<ModelUpdate> Fail(Exception exception, string text = "")
    {
        await Task.Yield();
        if (text.Length > 0)
        {
            yield return new PartUpdate(new TextPart(text));
        }

        throw exception;
    }

    private static async IAsyncEnumerable<ModelUpdate> SayAfter(Task task, string text)
    {
        await task;
        yield return new PartUpdate(new TextPart(text));
        yield return new EndUpdate(FinishReason.Stop);
    }

    private static Task AdvanceUntilAsync(Node node, Func<bool> until) =>
        Eventually.AdvanceUntilAsync(node.Time, Eventually.IsAsync(until), TimeSpan.FromSeconds(1));

    /// <summary>Lets time pass until the turn has ended, and follows it.</summary>
    private static async Task<Screen> EndAsync(Node node, ChatId id)
    {
        var following = node.FollowAsync(id, screen => screen.Status is "waiting" or "error");
        await Eventually.AdvanceUntilAsync(node.Time, following, TimeSpan.FromSeconds(1));
        return await following;
    }
}
