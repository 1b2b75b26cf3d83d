using System.Text.Json.Nodes;
using CsCheck;
using DurableChat.Chats;
using DurableChat.Storage;
using DurableChat.Tests.Chats;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Storage;

/// <summary>What is written reads back the same, to the last character.</summary>
public sealed class StoreJsonTests
{
    [Fact]
    public void A_message_reads_back_as_it_was_written() => Arbitrary.Message.Sample(
        message =>
        {
            var read = StoreJson.ReadMessage(message.Id, message.PreviousId, message.Role, message.CreatedAt, StoreJson.WriteBody(message));
            Assert.Equal(message.Parts, read.Parts);
            Assert.Equal(message, read with { Parts = message.Parts });
        },
        iter: 3_000);

    [Fact]
    public void A_chat_reads_back_as_it_was_written_whatever_the_order_of_its_queue_rows() => Gen.Select(Arbitrary.Chat, Gen.Int).Sample(
        (chat, seed) =>
        {
            var columns = chat with
            {
                LastAssignedId = 0,
                Generation = 0,
                Attempt = 0,
                Step = 0,
                Retry = null,
                Error = null,
                PendingToolCalls = [],
                PendingCallOrigin = null,
                Queue = [],
                LastQueuedId = 0,
                Ancestors = [],
                Fallback = null,
                UncountedGenerations = [],
            };
            var rows = chat.Queue.Select(queued => queued with { Urgent = false }).ToArray();
            new Random(seed).Shuffle(rows);
            var read = StoreJson.ReadState(columns, StoreJson.WriteState(chat), rows);
            Assert.Equal(chat.PendingToolCalls, read.PendingToolCalls);
            Assert.Equal(chat.Queue, read.Queue);
            Assert.Equal(chat.Ancestors, read.Ancestors);
            Assert.Equal(chat.UncountedGenerations, read.UncountedGenerations);
            Assert.Equal(chat, read with
            {
                PendingToolCalls = chat.PendingToolCalls,
                Queue = chat.Queue,
                Ancestors = chat.Ancestors,
                UncountedGenerations = chat.UncountedGenerations,
            });
            Assert.Equal(chat.ClientTools, StoreJson.ReadClientTools(StoreJson.WriteClientTools(chat.ClientTools)));
        },
        iter: 3_000);

    [Fact]
    public void A_text_reads_back_as_it_was_written_and_its_JSON_holds_no_control_character() => Arbitrary.Text.Sample(
        text =>
        {
            var json = StoreJson.WriteText(text);
            Assert.DoesNotContain(json, c => c < ' ');
            Assert.Equal(text, StoreJson.ReadText(json));
        },
        iter: 3_000);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"parts":null}""")]
    [InlineData("""{"parts":[null]}""")]
    [InlineData("""{"parts":[{"type":"text"}]}""")]
    [InlineData("""{"parts":[],"replay":{}}""")]
    [InlineData("""{"parts":[],"instructions":[null]}""")]
    [InlineData("""{"parts":[],"settings":{"temperature":1e400}}""")]
    public void A_body_that_lacks_something_is_damaged(string body) =>
        Assert.Throws<ChatDataException>(() => StoreJson.ReadMessage(1, 0, MessageRole.Assistant, DateTimeOffset.UnixEpoch, body));

    [Theory]
    [InlineData("queue_order")]
    [InlineData("urgent_queued")]
    [InlineData("pending_tool_calls")]
    public void A_state_that_lacks_something_is_damaged(string member)
    {
        var chat = new Stage().Create().Next;
        var state = JsonNode.Parse(StoreJson.WriteState(chat))!.AsObject();
        Assert.True(state.Remove(member));
        Assert.Throws<ChatDataException>(() => StoreJson.ReadState(chat, state.ToJsonString(), []));
        state[member] = null;
        Assert.Throws<ChatDataException>(() => StoreJson.ReadState(chat, state.ToJsonString(), []));
    }

    [Fact]
    public void Tools_that_lack_something_are_damaged() =>
        Assert.Throws<ChatDataException>(() => StoreJson.ReadClientTools("""[{"name":"clock"}]"""));

    [Fact]
    public void A_database_may_give_the_members_back_in_any_order() => Gen.Select(Arbitrary.Message, Gen.Int).Sample(
        (message, seed) =>
        {
            var body = Shuffle(JsonNode.Parse(StoreJson.WriteBody(message))!, new Random(seed)).ToJsonString();
            Assert.Equal(message.Parts, StoreJson.ReadMessage(1, 0, message.Role, message.CreatedAt, body).Parts);
        },
        iter: 500);

    [Fact]
    public void Words_stay_as_they_are_because_other_versions_read_them()
    {
        var body = StoreJson.WriteBody(Given.UserMessage() with
        {
            Parts = [new TextPart("ä"), new ReasoningPart("r"), new ToolCallPart("c", "n", "{}"), new ToolResultPart("c", "ok")],
            Generation = 1,
            Model = "demo",
            FinishReason = FinishReason.HandedOver,
            Usage = new TokenUsage(2, 3),
        });
        Assert.Equal(
            """{"parts":[{"type":"text","text":"ä"},{"type":"reasoning","text":"r"},{"type":"tool_call","call_id":"c","name":"n","arguments":"{}"},{"type":"tool_result","call_id":"c","result":"ok","is_error":false}],"generation":1,"model":"demo","finish_reason":"handed_over","usage":{"input_tokens":2,"output_tokens":3}}""",
            body);
        Assert.Equal(
            """{"last_assigned_id":1,"generation":1,"attempt":1,"step":0,"retry":{"attempt":1,"max_attempts":5,"error":{"code":"model_unavailable","message":"The model is away.","retryable":true},"retry_at":"2026-01-02T03:04:06+00:00","delay":"00:00:01"},"pending_tool_calls":[],"queue_order":[2,1],"urgent_queued":[2],"last_queued_id":2,"ancestors":["019b7ca9-8c88-7a47-af2c-34e6c08be5c1"]}""",
            StoreJson.WriteState(Given.Retrying().WithQueue().Then(_ => new SendMessage("u", BusyBehavior.Interrupt)) with { Ancestors = [Guid.Parse("019b7ca9-8c88-7a47-af2c-34e6c08be5c1")] }));
        Assert.EndsWith(
            ""","pending_tool_calls":[{"call_id":"call-2","name":"look_up","arguments":"{}"}],"queue_order":[],"urgent_queued":[],"last_queued_id":0,"pending_call_origin":{"generation":1,"places":[1]},"ancestors":[]}""",
            StoreJson.WriteState(Given.ToolsPending().Then(chat => new CommitStep(Given.Token(chat), chat.Generation) { Results = [Given.Ok(Given.Call)] }) with { Ancestors = [] }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_of_a_version_that_kept_neither_delays_nor_places_is_read()
    {
        var columns = Given.ToolsPending();
        var read = StoreJson.ReadState(
            columns,
            """{"last_assigned_id":2,"generation":1,"attempt":1,"step":0,"retry":{"attempt":1,"max_attempts":5,"error":{"code":"c","message":"m","retryable":true},"retry_at":"2026-01-02T03:04:06+00:00"},"pending_tool_calls":[{"call_id":"call-1","name":"look_up","arguments":"{}"},{"call_id":"call-2","name":"look_up","arguments":"{}"}],"queue_order":[],"urgent_queued":[],"last_queued_id":0}""",
            []);
        Assert.Equal((null, null, "call-1"), (read.PendingCallOrigin, read.Retry!.Delay, read.IdempotencyKeyOf(0)));
        var half = read.Then(chat => new CommitStep(Given.Token(chat), chat.Generation) { Results = [Given.Ok(Given.Call)] });
        Assert.Equal(("call-2", new CallOrigin(0, [1])), (half.IdempotencyKeyOf(0), half.PendingCallOrigin));
    }

    [Fact]
    public void Members_of_a_later_version_are_passed_over()
    {
        var read = StoreJson.ReadMessage(1, 0, MessageRole.User, Given.Now, """{"new":[1],"parts":[{"type":"text","text":"hello","new":{}}],"generation":0}""");
        Assert.Equal([new TextPart("hello")], read.Parts);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"parts":[{"type":"text"},"unheard of"]}""")]
    [InlineData("""{"parts":[{"text":"of no kind"}]}""")]
    [InlineData("""{"parts":[],"finish_reason":3}""")]
    public void What_is_no_message_is_a_failure_of_the_store(string body) =>
        Assert.Throws<ChatDataException>(() => StoreJson.ReadMessage(1, 0, MessageRole.User, Given.Now, body));

    [Fact]
    public void A_queued_message_without_its_row_is_a_failure_of_the_store()
    {
        var chat = Given.Running().WithQueue(2);
        Assert.Throws<ChatDataException>(() => StoreJson.ReadState(chat, StoreJson.WriteState(chat), chat.Queue.Take(1)));
    }

    private static JsonNode Shuffle(JsonNode node, Random random)
    {
        switch (node)
        {
            case JsonObject members:
                var pairs = members.Select(member => KeyValuePair.Create(member.Key, member.Value is null ? null : Shuffle(member.Value.DeepClone(), random))).ToArray();
                random.Shuffle(pairs);
                return new JsonObject(pairs);
            case JsonArray items:
                return new JsonArray([.. items.Select(item => item is null ? null : Shuffle(item.DeepClone(), random))]);
            default:
                return node.DeepClone();
        }
    }
}
