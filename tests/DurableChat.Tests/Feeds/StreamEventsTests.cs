using System.Text;
using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>The bytes of every event, which clients in any language depend on.</summary>
public sealed class StreamEventsTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    private static readonly ChatId _id = ChatId.Parse(Id);
    private static readonly DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly ChatError _error = new("model_unavailable", "The model is away.", Retryable: true);

    private static readonly Chat _chat = new()
    {
        Id = _id,
        Owner = "ann",
        Title = "Über <uns>",
        Model = "demo",
        Status = ChatStatus.RequiresAction,
        Archived = true,
        Version = 7,
        Epoch = 2,
        LastMessageId = 5,
        Queue = [new QueuedMessage(3, "next", Urgent: true, _now)],
        PendingToolCalls = [new ToolCallPart("call-1", "look_up", "{}")],
        CreatedAt = _now,
        UpdatedAt = _now,
    };

    private static readonly Message _message = new()
    {
        Id = 5,
        PreviousId = 3,
        Role = MessageRole.Assistant,
        Parts = [new ReasoningPart("hm"), new TextPart("two\nlines"), new ToolCallPart("call-1", "look_up", "{}")],
        Generation = 4,
        Model = "demo",
        FinishReason = FinishReason.ToolCalls,
        Usage = new TokenUsage(10, 20),
        CreatedAt = _now,
    };

    [Fact]
    public void Each_event_has_these_bytes()
    {
        const string Call = """{"call_id":"call-1","name":"look_up","arguments":"{}"}""";
        const string TypedCall = """{"type":"tool_call","call_id":"call-1","name":"look_up","arguments":"{}"}""";
        const string Error = """{"code":"model_unavailable","message":"The model is away.","retryable":true}""";
        const string Summary = $$$"""{"id":"{{{Id}}}","title":"Über <uns>","model":"demo","status":"requires_action","archived":true,"version":7,"last_message_id":5,"created_at":"2026-01-02T03:04:05+00:00","updated_at":"2026-01-02T03:04:05+00:00"}""";
        var summary = ChatSummary.Of(_chat);

        Check(
            StreamEvents.Message(_id, 2, _message, publishedAt: 42),
            "message",
            "2.5.4.0",
            $$$"""{"type":"message","chat_id":"{{{Id}}}","position":"2.5.4.0","message":{"id":5,"previous_id":3,"role":"assistant","parts":[{"type":"reasoning","text":"hm"},{"type":"text","text":"two\nlines"},{{{TypedCall}}}],"generation":4,"model":"demo","finish_reason":"tool_calls","usage":{"input_tokens":10,"output_tokens":20},"created_at":"2026-01-02T03:04:05+00:00"}}""");
        Check(
            StreamEvents.Part(_id, new Position(2, 5, 4, 9), 8, new TextPart("ab"), publishedAt: 42),
            "message_part",
            "2.5.4.9",
            $$$"""{"type":"message_part","chat_id":"{{{Id}}}","position":"2.5.4.9","generation":4,"first_seq":8,"seq":9,"part":{"type":"text","text":"ab"}}""");
        Check(
            StreamEvents.Status(_chat, publishedAt: 42),
            "status",
            null,
            $$$"""{"type":"status","chat_id":"{{{Id}}}","version":7,"status":"requires_action","title":"Über <uns>","model":"demo","archived":true}""");
        Check(
            StreamEvents.Queue(_chat, publishedAt: 42),
            "queue_update",
            null,
            $$$"""{"type":"queue_update","chat_id":"{{{Id}}}","version":7,"queue":[{"id":3,"content":"next","urgent":true,"created_at":"2026-01-02T03:04:05+00:00"}]}""");
        Check(
            StreamEvents.Retry(_chat, new RetryState(1, 5, _error, _now), publishedAt: 42),
            "retry",
            null,
            $$$"""{"type":"retry","chat_id":"{{{Id}}}","version":7,"attempt":1,"max_attempts":5,"retry_at":"2026-01-02T03:04:05+00:00","error":{{{Error}}}}""");
        Check(
            StreamEvents.Error(_id, 7, _error, publishedAt: 42),
            "error",
            null,
            $$$"""{"type":"error","chat_id":"{{{Id}}}","version":7,"error":{{{Error}}}}""");
        Check(
            StreamEvents.ActionRequired(_chat, publishedAt: 42),
            "action_required",
            null,
            $$$"""{"type":"action_required","chat_id":"{{{Id}}}","version":7,"tool_calls":[{{{Call}}}]}""");
        Check(StreamEvents.HistoryReset(_id, 2), "history_reset", "2.0.0.0", $$$"""{"type":"history_reset","chat_id":"{{{Id}}}","position":"2.0.0.0","epoch":2}""");
        Check(
            StreamEvents.PreviewReset(_id, new Position(2, 5, 4, 0)),
            "preview_reset",
            "2.5.4.0",
            $$$"""{"type":"preview_reset","chat_id":"{{{Id}}}","position":"2.5.4.0","generation":4}""");
        Check(StreamEvents.Chats([summary]), "chats", null, $$$"""{"type":"chats","chats":[{{{Summary}}}]}""");
        Check(StreamEvents.Chat(summary), "chat", null, $$$"""{"type":"chat","chat_id":"{{{Id}}}","chat":{{{Summary}}}}""");
        Check(
            StreamEvents.Progress(_id, "call-1", "half \"done\"\n", publishedAt: 42),
            "tool_progress",
            null,
            $$$"""{"type":"tool_progress","chat_id":"{{{Id}}}","call_id":"call-1","text":"half \"done\"\n"}""");
        Check(StreamEvents.ChatDeleted(_id), "chat_deleted", null, $$$"""{"type":"chat_deleted","chat_id":"{{{Id}}}"}""");
    }

    [Fact]
    public void An_event_knows_what_it_is_when_it_was_made_and_what_it_takes()
    {
        var message = StreamEvents.Message(_id, 2, _message, publishedAt: 42);
        Assert.Equal((StreamEventType.Message, 42L, 5L, 3L, 4L), (message.Type, message.PublishedAt, message.MessageId, message.PreviousId, message.Generation));
        Assert.Equal(message.Frame.Length + 128, message.Bytes);
        Assert.Equal((StreamEventType.MessagePart, 43L), Of(StreamEvents.Part(_id, new Position(2, 5, 4, 9), 8, new TextPart("ab"), publishedAt: 43)));
        Assert.Equal((StreamEventType.HistoryReset, 0L), Of(StreamEvents.HistoryReset(_id, 2)));
        Assert.Equal((StreamEventType.ChatDeleted, 0L), Of(StreamEvents.ChatDeleted(_id)));
    }

    [Fact]
    public void A_message_reads_back_from_its_bytes()
    {
        var read = StreamEvents.Message(_id, 2, _message, publishedAt: 0).ToMessage();
        Assert.Equal(_message.Parts, read.Parts);
        Assert.Equal(_message with { Parts = read.Parts }, read);
    }

    private static (StreamEventType, long) Of(StreamEvent sent) => (sent.Type, sent.PublishedAt);

    private static void Check(StreamEvent sent, string name, string? position, string json)
    {
        Assert.Equal($"{(position is null ? string.Empty : $"id: {position}\n")}event: {name}\ndata: {json}\n\n", Encoding.UTF8.GetString(sent.Frame.Span));
        Assert.Equal(json, Encoding.UTF8.GetString(sent.Json.Span));
    }
}
