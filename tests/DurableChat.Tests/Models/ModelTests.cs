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
    public void A_history_is_mapped_with_its_calls_and_results_and_without_reasoning()
    {
        var mapped = HistoryMapper.Map(
            [
                Message(1, MessageRole.User, new TextPart("time?")),
                Message(2, MessageRole.Assistant, new ReasoningPart("hm"), new ToolCallPart("c1", "clock", """{"zone":"UTC"}"""), new ToolCallPart("c2", "clock", "nonsense")),
                Message(3, MessageRole.Tool, new ToolResultPart("c1", "noon"), new ToolResultPart("c2", "?", IsError: true)),
                Message(4, MessageRole.Assistant, new ReasoningPart("only a thought")),
            ],
            "be brief");
        Assert.Equal(["system", "user", "assistant", "tool"], mapped.Select(message => message.Role.Value));
        var call = mapped[2].Contents.OfType<FunctionCallContent>().First();
        Assert.Equal("UTC", call.Arguments!["zone"]!.ToString());
        Assert.Empty(mapped[2].Contents.OfType<FunctionCallContent>().Last().Arguments!);
        Assert.Equal("noon", mapped[3].Contents.OfType<FunctionResultContent>().First().Result);
    }

    [Fact]
    public void An_answer_that_was_handed_over_is_to_be_continued()
    {
        var cut = Message(2, MessageRole.Assistant, new TextPart("half an")) with { FinishReason = FinishReason.HandedOver };
        Assert.Equal(HistoryMapper.ContinueInstruction, HistoryMapper.Map([Message(1, MessageRole.User, new TextPart("x")), cut])[^1].Text);
        Assert.Equal("half an", HistoryMapper.Map([Message(1, MessageRole.User, new TextPart("x")), cut with { FinishReason = FinishReason.Interrupted }])[^1].Text);
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

            // No longer choice would have fitted.
            var earlierUser = Array.FindLastIndex(history, history.Length - chosen.Count - 1 >= 0 ? history.Length - chosen.Count - 1 : 0, message => message.Role == MessageRole.User);
            if (chosen.Count < history.Length && earlierUser >= 0)
            {
                Assert.True(history.Length - earlierUser > maxMessages || (history.Length - earlierUser) * 10 > maxBytes);
            }
        }, iter: 2_000);

    [Fact]
    public void A_call_whose_arguments_were_cut_off_is_no_call_without_arguments()
    {
        var call = FunctionCallContent.CreateFromParsedArguments("{\"filter\":\"a", "c", "delete", static json => JsonSerializer.Deserialize<Dictionary<string, object?>>(json));
        var failure = Assert.Throws<ModelException>(() => new AnswerReader(() => "made").Read(new ChatResponseUpdate(ChatRole.Assistant, [call]))).Failure;
        Assert.Equal(("model_bad_response", true), (failure.Error.Code, failure.Error.Retryable));
    }

    [Fact]
    public void Updates_become_parts_and_call_ids_become_unique()
    {
        var number = 0;
        var reader = new AnswerReader(() => $"made-{++number}");
        var parts = reader.Read(new ChatResponseUpdate(
            ChatRole.Assistant,
            [
                new TextReasoningContent("hm"), new TextContent("hello"), new TextContent(string.Empty),
                new FunctionCallContent("c", "f", new Dictionary<string, object?> { ["ä"] = 1 }), new FunctionCallContent("c", "f"), new FunctionCallContent(string.Empty, "f"),
                new UsageContent(new UsageDetails { InputTokenCount = 3, OutputTokenCount = 4 }),
            ])
        {
            FinishReason = ChatFinishReason.ToolCalls,
        });
        Assert.Equal(
            [new ReasoningPart("hm"), new TextPart("hello"), new ToolCallPart("c", "f", """{"ä":1}"""), new ToolCallPart("made-1", "f", "{}"), new ToolCallPart("made-2", "f", "{}")],
            parts);
        Assert.Equal((FinishReason.ToolCalls, new TokenUsage(3, 4)), (reader.FinishReason, reader.Usage));
        Assert.Throws<ModelException>(() => reader.Read(new ChatResponseUpdate(ChatRole.Assistant, [new ErrorContent("secret")])));
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
        Assert.Null(RetryPolicy.NextDelay(new RetryOptions(), 1, 5, failure with { Error = failure.Error with { Retryable = false } }, 0.5));
    }

    [Theory]
    [InlineData(401, "model_unauthorized", false)]
    [InlineData(404, "model_not_found", false)]
    [InlineData(400, "model_rejected_request", false)]
    [InlineData(408, "model_timeout", true)]
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

    private static Message Message(long id, MessageRole role, params MessagePart[] parts) =>
        new() { Id = id, PreviousId = id - 1, Role = role, Parts = parts, CreatedAt = DateTimeOffset.UnixEpoch };
}
