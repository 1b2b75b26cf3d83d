using System.Runtime.CompilerServices;
using System.Text.Json;
using CsCheck;
using DurableChat.Chats;
using DurableChat.Models;
using Microsoft.Extensions.AI;
using Xunit;

namespace DurableChat.Tests.Models;

/// <summary>The pure functions between histories and models.</summary>
public sealed class ModelTests
{
    [Fact]
    public async Task A_history_is_mapped_with_its_calls_and_results_and_without_reasoning()
    {
        var mapped = await MapAsync(
            "be brief",
            Message(1, MessageRole.User, new TextPart("time?")),
            Message(2, MessageRole.Assistant, new ReasoningPart("hm"), new ToolCallPart("c1", "clock", """{"zone":"UTC"}"""), new ToolCallPart("c2", "clock", "nonsense")),
            Message(3, MessageRole.Tool, new ToolResultPart("c1", "noon"), new ToolResultPart("c2", "?", IsError: true)),
            Message(4, MessageRole.Assistant, new ReasoningPart("only a thought")));
        Assert.Equal(["system", "user", "assistant", "tool"], mapped.Select(message => message.Role.Value));
        var call = mapped[2].Contents.OfType<FunctionCallContent>().First();
        Assert.Equal("UTC", call.Arguments!["zone"]!.ToString());
        Assert.Empty(mapped[2].Contents.OfType<FunctionCallContent>().Last().Arguments!);
        var results = mapped[3].Contents.OfType<FunctionResultContent>().ToArray();
        Assert.Equal(("noon", null), (results[0].Result, results[0].Exception));
        Assert.NotNull(results[1].Exception);
    }

    [Fact]
    public void Results_that_were_committed_one_by_one_are_given_together_in_the_order_of_the_calls()
    {
        var prompt = PromptBuilder.Build(
            [
                Message(1, MessageRole.User, new TextPart("time?")),
                Message(2, MessageRole.Assistant, new ToolCallPart("c1", "clock", "{}"), new ToolCallPart("c2", "clock", "{}"), new ToolCallPart("c3", "clock", "{}")),
                Message(3, MessageRole.Tool, new ToolResultPart("c3", "three")),
                Message(4, MessageRole.Tool, new ToolResultPart("c1", "one")),
                Message(5, MessageRole.Tool, new ToolResultPart("c2", "two")),
                Message(6, MessageRole.Assistant, new TextPart("done")),
            ]);
        Assert.Equal([typeof(UserItem), typeof(AssistantItem), typeof(ToolResultsItem), typeof(AssistantItem)], prompt.Select(item => item.GetType()));
        Assert.Equal(["one", "two", "three"], Assert.IsType<ToolResultsItem>(prompt[2]).Results.Select(result => result.Result));
    }

    [Fact]
    public void An_id_that_a_call_of_the_history_has_is_not_given_again()
    {
        var ids = new CallIds(() => "made", ["call_0"]);
        Assert.Equal(["made", "call_1"], new[] { "call_0", "call_1" }.Select(ids.Unique));
    }

    [Fact]
    public void An_answer_that_was_handed_over_is_to_be_continued_and_the_request_for_it_stays()
    {
        var question = Message(1, MessageRole.User, new TextPart("x"));
        var cut = Message(2, MessageRole.Assistant, new TextPart("half an")) with { FinishReason = FinishReason.HandedOver };
        var rest = Message(3, MessageRole.Assistant, new TextPart(" answer"));
        PromptItem[] prompt = [.. PromptBuilder.Build([question, cut])];
        Assert.Equal(PromptBuilder.ContinueInstruction, Text(prompt[^1]));
        Assert.Equal(prompt.Select(Text), PromptBuilder.Build([question, cut, rest]).Take(3).Select(Text));
        Assert.Equal("half an", Text(PromptBuilder.Build([question, cut with { FinishReason = FinishReason.Interrupted }])[^1]));
    }

    [Fact]
    public void Instructions_stay_where_they_were_sent()
    {
        Message[] turn = [Message(1, MessageRole.User, new TextPart("x")), Message(2, MessageRole.Assistant, new TextPart("y")) with { Instructions = ["be brief"] }];
        Assert.Equal(["be brief", "x"], PromptBuilder.Build(turn[..1], null, ["be brief"]).Select(Text));
        Assert.Equal(["be brief", "x", "y"], PromptBuilder.Build(turn, null, ["be brief"]).Select(Text));
        Message[] next = [.. turn, Message(3, MessageRole.User, new TextPart("z"))];
        Assert.Equal(["be brief", "x", "y", "be long", "z"], PromptBuilder.Build(next, null, ["be long"]).Select(Text));
    }

    [Fact]
    public void Replays_that_a_provider_refused_do_not_go_back_again()
    {
        var replay = new Replay("w", "p", "m", "", ["{}"]);
        Message[] history =
        [
            Message(1, MessageRole.User, new TextPart("x")),
            Message(2, MessageRole.Assistant, new TextPart("y")) with { Replay = replay },
            Message(3, MessageRole.User, new TextPart("x")),
            Message(4, MessageRole.Assistant, new TextPart("y")) with { Replay = replay with { EndsEarlier = true } },
        ];
        Assert.Equal([false, true], PromptBuilder.Build(history).OfType<AssistantItem>().Select(item => item.Message.Replay is not null));
    }

    [Fact]
    public void The_beginning_of_a_long_history_moves_in_large_steps()
    {
        var history = new List<Message>();
        var starts = new List<long>();
        for (var turn = 0; turn < 500; turn++)
        {
            history.Add(Message((turn * 2) + 1, MessageRole.User, new TextPart("x")));
            var chosen = HistoryBudget.Choose(history, 40, 1_000_000);
            starts.Add(chosen[0].Id);
            Assert.InRange(chosen.Count, Math.Min(history.Count, 19), 40);
            history.Add(Message((turn * 2) + 2, MessageRole.Assistant, new TextPart("y")));
        }

        Assert.Equal(starts.Order(), starts);
        Assert.InRange(starts.Distinct().Count(), 1, 2 * 1_000 / 20);
    }

    [Fact]
    public void The_beginning_moves_in_large_steps_though_another_limit_cuts_the_history()
    {
        var history = new List<Message>();
        var starts = new List<long>();
        for (var turn = 0; turn < 500; turn++)
        {
            history.Add(Message((turn * 2) + 1, MessageRole.User, new TextPart("x")));

            // A window that is full of bytes drops a message for each that comes.
            Message[] known = [.. history.TakeLast(40)];
            var chosen = HistoryBudget.Choose(known, 1_000, 1_000_000);
            starts.Add(chosen[0].Id);
            Assert.InRange(chosen.Count, Math.Min(known.Length, 19), 40);
            history.Add(Message((turn * 2) + 2, MessageRole.Assistant, new TextPart("y")));
        }

        Assert.Equal(starts.Order(), starts);
        Assert.InRange(starts.Distinct().Count(), 1, 2 * 1_000 / 20);
    }

    [Fact]
    public void The_beginning_stays_while_a_turn_grows()
    {
        var history = Enumerable.Range(1, 100).Select(id => Message(id, id % 2 == 1 ? MessageRole.User : MessageRole.Assistant, new TextPart("x"))).ToList();
        history.Add(Message(101, MessageRole.User, new TextPart("x")));
        var starts = new HashSet<long>();
        for (var id = 102; id < 110; id++)
        {
            history.Add(Message(id, id % 2 == 0 ? MessageRole.Assistant : MessageRole.Tool, new TextPart("x")));
            starts.Add(HistoryBudget.Choose(history, 40, 1_000_000)[0].Id);
        }

        Assert.InRange(starts.Count, 1, 2);
    }

    [Fact]
    public void The_budget_keeps_the_newest_messages_from_a_user_message_on() =>
        Gen.Select(Gen.Int[0, 2].Array[1, 40], Gen.Int[1, 20], Gen.Int[1, 400]).Sample((roles, maxMessages, maxBytes) =>
        {
            Message[] history = [.. roles.Prepend(0).Select((role, i) => Message(i + 1, (MessageRole)role, new TextPart(new string('x', 10))))];
            var chosen = HistoryBudget.Choose(history, maxMessages, maxBytes);
            Assert.NotEmpty(chosen);
            Assert.Equal(MessageRole.User, chosen[0].Role);
            Assert.Equal(history.TakeLast(chosen.Count), chosen);
            var lastUser = Array.FindLastIndex(history, message => message.Role == MessageRole.User);
            var isMinimum = chosen.Count == history.Length - lastUser;
            Assert.True(isMinimum || (chosen.Count <= maxMessages && chosen.Count * 10 <= maxBytes));

            // All that fits, if that is the whole; else at least half of it, as far as user messages allow.
            if (chosen.Count < history.Length)
            {
                var next = Array.FindIndex(history, history.Length - chosen.Count + 1, message => message.Role == MessageRole.User);
                var rest = next < 0 ? 0 : history.Length - next;
                Assert.True(history.Length > maxMessages || history.Length * 10 > maxBytes);
                Assert.True(isMinimum || chosen.Count * 2 > maxMessages || chosen.Count * 20 > maxBytes || rest < chosen.Count);
            }
        }, iter: 2_000);

    [Fact]
    public async Task A_call_whose_arguments_were_cut_off_is_no_call_without_arguments()
    {
        var call = FunctionCallContent.CreateFromParsedArguments("{\"filter\":\"a", "c", "delete", static json => JsonSerializer.Deserialize<Dictionary<string, object?>>(json));
        var failure = (await Assert.ThrowsAsync<ModelException>(() => ReadAsync(new ChatResponseUpdate(ChatRole.Assistant, [call])))).Failure;
        Assert.Equal(("model_bad_response", true), (failure.Error.Code, failure.Error.Retryable));
    }

    [Fact]
    public async Task Updates_of_a_chat_client_become_parts_usage_and_an_end()
    {
        var updates = await ReadAsync(new ChatResponseUpdate(
            ChatRole.Assistant,
            [
                new TextReasoningContent("hm"), new TextContent("hello"), new TextContent(string.Empty),
                new FunctionCallContent("c", "f", new Dictionary<string, object?> { ["ä"] = 1 }), new FunctionCallContent("c", "f"),
                new UsageContent(new UsageDetails { InputTokenCount = 3, OutputTokenCount = 4, CachedInputTokenCount = 2, ReasoningTokenCount = 1 }),
            ])
        {
            FinishReason = ChatFinishReason.ToolCalls,
        });
        Assert.Equal(
            [
                new PartUpdate(new ReasoningPart("hm")), new PartUpdate(new TextPart("hello")), new PartUpdate(new ToolCallPart("c", "f", """{"ä":1}""")), new PartUpdate(new ToolCallPart("c", "f", "{}")),
                new UsageUpdate(new TokenUsage(3, 4) { CacheReadTokens = 2, ReasoningTokens = 1 }), new EndUpdate(FinishReason.ToolCalls),
            ],
            updates);
        await Assert.ThrowsAsync<ModelException>(() => ReadAsync(new ChatResponseUpdate(ChatRole.Assistant, [new ErrorContent("secret")])));
    }

    [Fact]
    public async Task A_refusal_of_a_chat_client_is_an_answer_and_no_failure()
    {
        var refusal = new ErrorContent("I will not.") { ErrorCode = "Refusal" };
        var updates = await ReadAsync(new ChatResponseUpdate(ChatRole.Assistant, [refusal]));
        Assert.Equal([new PartUpdate(new RefusalPart("I will not.")), new EndUpdate(FinishReason.Stop)], updates);
    }

    [Fact]
    public async Task Protected_reasoning_of_a_chat_client_goes_back_to_it_and_only_if_the_replay_is_not_refused()
    {
        var client = new Recording(new ChatResponseUpdate(
            ChatRole.Assistant, [new TextReasoningContent("hm") { ProtectedData = "sealed" }, new FunctionCallContent("c", "f", new Dictionary<string, object?> { ["a"] = 1 })]));
        var model = new ChatClientModel(client);
        var end = Assert.IsType<EndUpdate>((await ReadAsync(model, [new UserItem([new TextPart("x")])]))[^1]);
        PromptItem[] next =
        [
            new UserItem([new TextPart("x")]),
            new AssistantItem(Message(2, MessageRole.Assistant, new ReasoningPart("hm"), new ToolCallPart("other id", "f", "{}")) with { Replay = end.Replay }),
            new ToolResultsItem([new ToolResultPart("other id", "r")]),
        ];
        await ReadAsync(model, next);
        Assert.Equal("sealed", client.Messages[1].Contents.OfType<TextReasoningContent>().Single().ProtectedData);
        Assert.Equal(("c", "c"), (client.Messages[1].Contents.OfType<FunctionCallContent>().Single().CallId, client.Messages[2].Contents.OfType<FunctionResultContent>().Single().CallId));
        await ReadAsync(model, next, omitsReplay: true);
        Assert.Empty(client.Messages[1].Contents.OfType<TextReasoningContent>());
        Assert.Equal(("other id", "other id"), (client.Messages[1].Contents.OfType<FunctionCallContent>().Single().CallId, client.Messages[2].Contents.OfType<FunctionResultContent>().Single().CallId));
    }

    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(2, 2.0)]
    [InlineData(4, 8.0)]
    [InlineData(9, 30.0)]
    public void Pauses_double_up_to_a_limit_and_differ_a_little(int attempt, double seconds)
    {
        var failure = new ModelFailure(new ChatError("x", "y", Retryable: true));
        Assert.Equal(seconds, RetryPolicy.NextDelay(new RetryOptions(), attempt, 10, failure, 0.5)!.Value.TotalSeconds, 6);
        Assert.Equal(seconds * 0.8, RetryPolicy.NextDelay(new RetryOptions(), attempt, 10, failure, 0)!.Value.TotalSeconds, 6);
        Assert.Equal(seconds * 1.2, RetryPolicy.NextDelay(new RetryOptions(), attempt, 10, failure, 1)!.Value.TotalSeconds, 6);
    }

    [Fact]
    public void What_cannot_be_mended_or_was_tried_enough_is_given_up_and_the_provider_is_listened_to()
    {
        var failure = new ModelFailure(new ChatError("x", "y", Retryable: true), TimeSpan.FromSeconds(7));
        Assert.Equal(TimeSpan.FromSeconds(7), RetryPolicy.NextDelay(new RetryOptions(), 1, 5, failure, 0.5));
        Assert.Equal(TimeSpan.FromMinutes(1), RetryPolicy.NextDelay(new RetryOptions(), 1, 5, failure with { RetryAfter = TimeSpan.FromHours(1) }, 0.5));
        Assert.Null(RetryPolicy.NextDelay(new RetryOptions(), 5, 5, failure, 0.5));
        Assert.NotNull(RetryPolicy.NextDelay(new RetryOptions(), 1, 5, ModelErrors.Timeout, 0.5));
        Assert.Null(RetryPolicy.NextDelay(new RetryOptions(), 2, 5, ModelErrors.Timeout, 0.5));
        Assert.Null(RetryPolicy.NextDelay(new RetryOptions(), 1, 5, failure with { Error = failure.Error with { Retryable = false } }, 0.5));
    }

    [Theory]
    [InlineData(401, "model_unauthorized", false)]
    [InlineData(404, "model_not_found", false)]
    [InlineData(400, "model_rejected_request", false)]
    [InlineData(402, "model_quota", false)]
    [InlineData(408, "model_timeout", true)]
    [InlineData(409, "model_unavailable", true)]
    [InlineData(413, "model_context_overflow", false)]
    [InlineData(429, "model_rate_limited", true)]
    [InlineData(500, "model_unavailable", true)]
    [InlineData(529, "model_unavailable", true)]
    public void Statuses_of_providers_have_codes(int status, string code, bool retryable)
    {
        var failure = ModelErrors.Map(new HttpRequestException("secret", null, (System.Net.HttpStatusCode)status), null);
        Assert.Equal((code, retryable), (failure.Error.Code, failure.Error.Retryable));
        Assert.DoesNotContain("secret", failure.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Positions_are_read_as_they_are_written_and_nothing_else_is()
    {
        Gen.Select(Gen.Long[0, long.MaxValue], Gen.Long[0, long.MaxValue], Gen.Long[0, 9], Gen.Long[0, 99]).Sample((a, b, c, d) =>
        {
            var position = new Position(a, b, c, d);
            Assert.True(Position.TryParse(position.ToString(), out var read));
            Assert.Equal(position, read);
        });
        Gen.String.Sample(text => !Position.TryParse(text, out var read) || read.ToString() == text);
        foreach (var bad in new[] { null, "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.-4", "01.2.3.4", "1.2.3.4 ", "1..3.4", "9223372036854775808.0.0.0", "٣.0.0.0", "1.2.3.4\n" })
        {
            Assert.False(Position.TryParse(bad, out _), bad);
        }
    }

    [Fact]
    public void A_title_is_derived_from_the_message_whatever_it_is() => Gen.String[Gen.Char, 1, 200].Sample(content =>
    {
        var decision = ChatRules.Decide(new CreateChat(ChatId.Create(DateTimeOffset.UnixEpoch), "o", content, "m"), new DecisionContext(DateTimeOffset.UnixEpoch, new ChatLimits()));
        if (decision is Decision.Accepted { Transition.Next.Title: var title })
        {
            Assert.InRange(title.Length, 1, 60);
            Assert.DoesNotContain(title, char.IsControl);
            Assert.False(char.IsHighSurrogate(title[^1]) && !char.IsHighSurrogate(content[^1]));
        }
    });

    private static string Text(PromptItem item) => item switch
    {
        UserItem { Parts: [TextPart text] } => text.Text,
        AssistantItem { Message.Parts: [TextPart text] } => text.Text,
        InstructionItem instruction => instruction.Text,
        _ => $"{item}",
    };

    [Fact]
    public async Task A_clients_options_say_all_that_they_can_say_of_the_settings()
    {
        var client = new Recording();
        var format = JsonElement.Parse(
            """{"type":"json_schema","name":"thing","description":"What it is.","schema":{"type":"object"}}""");
        var settings = new GenerationSettings
        {
            ReasoningDisplay = "summary",
            ResponseFormat = format,
            ToolChoice = "required",
        };
        var request = new ModelRequest { Prompt = [new UserItem([new TextPart("x")])], Settings = settings };
        await new ChatClientModel(client).StreamAsync(request, CancellationToken.None).LastAsync();
        Assert.Equal(ReasoningOutput.Summary, client.Options!.Reasoning?.Output);
        Assert.Null(client.Options.Reasoning!.Effort);
        var sent = Assert.IsType<ChatResponseFormatJson>(client.Options.ResponseFormat);
        Assert.Equal("What it is.", sent.SchemaDescription);

        // There is no tool that could be called.
        Assert.Null(client.Options.ToolMode);
    }

    private static async Task<IList<ChatMessage>> MapAsync(string systemPrompt, params Message[] history)
    {
        var client = new Recording();
        await ReadAsync(new ChatClientModel(client), PromptBuilder.Build(history, systemPrompt));
        return client.Messages;
    }

    private static Task<List<ModelUpdate>> ReadAsync(ChatResponseUpdate update) => ReadAsync(new ChatClientModel(new Recording(update)), [new UserItem([new TextPart("x")])]);

    private static async Task<List<ModelUpdate>> ReadAsync(ChatClientModel model, IReadOnlyList<PromptItem> prompt, bool omitsReplay = false)
    {
        var updates = new List<ModelUpdate>();
        await foreach (var update in model.StreamAsync(new ModelRequest { Prompt = prompt, OmitsReplay = omitsReplay }, CancellationToken.None))
        {
            updates.Add(update);
        }

        return updates;
    }

    private sealed class Recording(params ChatResponseUpdate[] updates) : IChatClient
    {
        public IList<ChatMessage> Messages { get; private set; } = [];

        public ChatOptions? Options { get; private set; }

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            (Messages, Options) = ([.. messages], options);
            foreach (var update in updates)
            {
                await Task.Yield();
                yield return update;
            }
        }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    private static Message Message(long id, MessageRole role, params MessagePart[] parts) =>
        new() { Id = id, PreviousId = id - 1, Role = role, Parts = parts, CreatedAt = DateTimeOffset.UnixEpoch };
}
