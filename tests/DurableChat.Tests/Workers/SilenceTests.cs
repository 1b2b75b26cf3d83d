using System.Runtime.CompilerServices;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Tests.Support;
using DurableChat.Workers;
using Xunit;

namespace DurableChat.Tests.Workers;

/// <summary>How long a model may say nothing, and what is made of answers that end without a word.</summary>
public sealed class SilenceTests
{
    [Fact]
    public async Task A_model_that_thinks_for_ten_minutes_with_keep_alives_answers_with_one_request()
    {
        var (node, model) = Create((_, request, time, token) => KeepAlive(request, time, TimeSpan.FromMinutes(10), token));
        await EndAsync(node);
        Assert.Equal(("done", 1), (Answer(node), model.Requests.Count));
    }

    [Fact]
    public async Task Without_any_byte_a_call_fails_after_the_byte_clock_with_at_most_two_requests()
    {
        var (node, model) = Create((_, _, _, token) => Silent(token));
        var began = node.Time.GetUtcNow();
        await EndAsync(node);
        var chat = Chat(node);
        Assert.Equal((ChatStatus.Error, "model_timeout", 2), (chat.Status, chat.Error!.Code, model.Requests.Count));
        Assert.InRange(node.Time.GetUtcNow() - began, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(12));
    }

    [Fact]
    public async Task Keep_alives_alone_do_not_keep_a_dead_answer_open()
    {
        var (node, model) = Create((_, request, time, token) => KeepAlive(request, time, TimeSpan.FromHours(10), token));
        var began = node.Time.GetUtcNow();
        await EndAsync(node);
        Assert.Equal(("model_timeout", 2), (Chat(node).Error!.Code, model.Requests.Count));
        Assert.InRange(node.Time.GetUtcNow() - began, TimeSpan.FromMinutes(40), TimeSpan.FromMinutes(45));
    }

    [Fact]
    public async Task A_model_that_writes_for_fifty_minutes_what_is_shown_only_as_a_whole_is_not_silent()
    {
        var (node, model) = Create((_, request, time, token) => KeepAlive(
            request with { OnBytes = request.OnBytes + request.OnContent }, time, TimeSpan.FromMinutes(50), token));
        await EndAsync(node);
        Assert.Equal(("done", 1), (Answer(node), model.Requests.Count));
    }

    [Fact]
    public async Task An_answer_of_very_many_calls_is_cut_where_its_parts_would_take_more_memory_than_its_text()
    {
        var calls = Enumerable.Range(0, 5_000).Select(number => (ModelUpdate)new PartUpdate(new ToolCallPart($"{number}", "f", "{}")));
        var model = new ScriptedModelClient((number, _, _) => number == 1
            ? Updates([.. calls, new EndUpdate(FinishReason.ToolCalls)])
            : Updates(new PartUpdate(new TextPart("done")), new EndUpdate(FinishReason.Stop)));
        var node = new Node(new FakeStore(), model, worker: new WorkerOptions { MaxAnswerChars = 200_000 });
        await node.CreateAsync();
        await EndAsync(node);
        Assert.Equal(2_000, node.Store.History(Chat(node).Id)[1].Parts.Count);
    }

    [Fact]
    public async Task Texts_and_thoughts_of_one_character_in_turn_are_parts_of_their_own()
    {
        var pieces = Enumerable.Range(0, 5_000).Select(number => (ModelUpdate)new PartUpdate(number % 2 == 0 ? new TextPart("x") : new ReasoningPart("y")));
        var model = new ScriptedModelClient((_, _, _) => Updates([.. pieces, new EndUpdate(FinishReason.Stop)]));
        var node = new Node(new FakeStore(), model, worker: new WorkerOptions { MaxAnswerChars = 200_000 });
        await node.CreateAsync();
        await EndAsync(node);
        var answer = node.Store.History(Chat(node).Id)[1];
        Assert.Equal((2_000, FinishReason.Length), (answer.Parts.Count, answer.FinishReason!.Value));
    }

    [Fact]
    public async Task A_client_that_ignores_its_token_does_not_hold_the_turn()
    {
        var never = new TaskCompletionSource();
        var (node, model) = Create((_, _, _, _) => Stubborn(never.Task));
        await EndAsync(node);
        Assert.Equal(("model_timeout", 2), (Chat(node).Error!.Code, model.Requests.Count));
        never.SetResult();
    }

    [Fact]
    public async Task A_model_has_clocks_and_attempts_of_its_own()
    {
        var model = new ScriptedModelClient((_, _, token) => Silent(token));
        var node = new Node(
            new FakeStore(), model, define: definition => definition with { Silence = TimeSpan.FromMinutes(1), MaxAttempts = 1 });
        await node.CreateAsync();
        var began = node.Time.GetUtcNow();
        await EndAsync(node);
        Assert.Equal(("model_timeout", 1), (Chat(node).Error!.Code, model.Requests.Count));
        Assert.InRange(node.Time.GetUtcNow() - began, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task A_failure_that_may_pass_is_tried_as_often_as_the_model_allows()
    {
        var model = new ScriptedModelClient((_, _, _) => Fail(new ModelException(ModelErrors.OfStatus(503))));
        var node = new Node(new FakeStore(), model, define: definition => definition with { MaxAttempts = 3 });
        await node.CreateAsync();
        await EndAsync(node);
        Assert.Equal(("model_unavailable", 3), (Chat(node).Error!.Code, model.Requests.Count));
    }

    [Theory]
    [InlineData(FinishReason.Length)]
    [InlineData(FinishReason.ContentFilter)]
    public async Task An_end_without_a_word_is_an_end_and_shown_as_such(FinishReason reason)
    {
        var (node, model) = Create((_, _, _, _) => Updates(new UsageUpdate(new TokenUsage(5, 7)), new EndUpdate(reason)));
        await EndAsync(node);
        var message = node.Store.History(Chat(node).Id)[^1];
        Assert.Equal((ChatStatus.Waiting, 1, reason, 0, 7L), (Chat(node).Status, model.Requests.Count, message.FinishReason!.Value, message.Parts.Count, message.Usage!.OutputTokens));
    }

    [Fact]
    public async Task A_stop_without_a_word_is_tried_again()
    {
        var (node, model) = Create((number, _, _, _) => number == 1 ? Updates(new EndUpdate(FinishReason.Stop)) : Updates(new PartUpdate(new TextPart("done")), new EndUpdate(FinishReason.Stop)));
        await EndAsync(node);
        Assert.Equal(("done", 2), (Answer(node), model.Requests.Count));
    }

    [Fact]
    public async Task An_answer_that_ends_without_saying_so_is_not_whole()
    {
        var (node, model) = Create((number, _, _, _) => number == 1 ? Updates(new PartUpdate(new TextPart("do"))) : Updates(new PartUpdate(new TextPart("done")), new EndUpdate(FinishReason.Stop)));
        await EndAsync(node);
        Assert.Equal(("done", 2), (Answer(node), model.Requests.Count));
    }

    [Fact]
    public async Task A_refused_replay_is_left_out_in_a_second_request_that_is_no_attempt_and_is_never_sent_again()
    {
        var replay = new Replay("w", "p", "m", "", ["{}"]);
        var refusal = new ModelException(ModelErrors.OfStatus(400) with { IsReplayRefused = true });
        var (node, model) = Create((number, request, _, _) => number switch
        {
            1 => Updates(new PartUpdate(new TextPart("one")), new EndUpdate(FinishReason.Stop, replay)),
            _ when !request.OmitsReplay && request.Prompt.OfType<AssistantItem>().Any(item => item.Message.Replay is not null && request.Prompt.Count == 3) => Fail(refusal),
            _ => Updates(new PartUpdate(new TextPart("two")), new EndUpdate(FinishReason.Stop, replay)),
        });
        await EndAsync(node);
        var id = Chat(node).Id;
        for (var turn = 2; turn <= 3; turn++)
        {
            await node.ExecuteAsync(id, new SendMessage("more"));
            await EndAsync(node);
        }

        // The first turn; the second, refused and repeated; the third, which has only what came after the refusal.
        Assert.Equal(4, model.Requests.Count);
        Assert.Equal([false, true], model.Requests[3].Prompt.OfType<AssistantItem>().Select(item => item.Message.Replay is not null));
        Assert.Equal(1, node.Store.History(id).Count(message => message.Replay is { EndsEarlier: true }));
    }

    [Fact]
    public async Task A_model_that_refuses_tools_is_asked_without_them()
    {
        var refusal = new ModelException(ModelErrors.OfStatus(400) with { AreToolsRefused = true });
        var tool = Microsoft.Extensions.AI.AIFunctionFactory.Create(() => "x", "tool");
        var model = new ScriptedModelClient((_, request, _) =>
            request.Tools.Count > 0 ? Fail(refusal) : Updates(new PartUpdate(new TextPart("done")), new EndUpdate(FinishReason.Stop)));
        var node = new Node(new FakeStore(), model, functions: tool);
        await node.CreateAsync();
        await EndAsync(node);
        Assert.Equal(("done", 2), (Answer(node), model.Requests.Count));
    }

    private static (Node Node, ScriptedModelClient Model) Create(
        Func<int, ModelRequest, TimeProvider, CancellationToken, IAsyncEnumerable<ModelUpdate>> script)
    {
        Node? node = null;
        var model = new ScriptedModelClient((number, request, token) => script(number, request, node!.Time, token));
        node = new Node(new FakeStore(), model);
        node.CreateAsync().GetAwaiter().GetResult();
        return (node, model);
    }

    private static Chat Chat(Node node) => node.Store.State(node.Store.Ids.Single());

    private static string Answer(Node node) => string.Concat(node.Store.History(Chat(node).Id)[^1].Parts.OfType<TextPart>().Select(part => part.Text));

    /// <summary>Lets time pass until the turn has ended.</summary>
    private static Task EndAsync(Node node) => Eventually.AdvanceUntilAsync(
        node.Time, Eventually.IsAsync(() => Chat(node).Status is ChatStatus.Waiting or ChatStatus.Error), TimeSpan.FromSeconds(5));

    private static async IAsyncEnumerable<ModelUpdate> Updates(params ModelUpdate[] updates)
    {
        foreach (var update in updates)
        {
            await Task.Yield();
            yield return update;
        }
    }

    private static async IAsyncEnumerable<ModelUpdate> Fail(Exception exception)
    {
        await Task.Yield();
        yield return exception is null ? new EndUpdate(FinishReason.Stop) : throw exception;
    }

    private static async IAsyncEnumerable<ModelUpdate> Silent([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        yield break;
    }

    private static async IAsyncEnumerable<ModelUpdate> Stubborn(Task never)
    {
        await never;
        yield break;
    }

    private static async IAsyncEnumerable<ModelUpdate> KeepAlive(
        ModelRequest request, TimeProvider time, TimeSpan howLong, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var passed = TimeSpan.Zero; passed < howLong; passed += TimeSpan.FromSeconds(15))
        {
            await Task.Delay(TimeSpan.FromSeconds(15), time, cancellationToken);
            request.OnBytes();
        }

        yield return new PartUpdate(new TextPart("done"));
        yield return new EndUpdate(FinishReason.Stop);
    }
}
