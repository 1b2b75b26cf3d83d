using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Feeds;

/// <summary>The JSON form of stream events. The member order is the order on the wire.</summary>
[JsonSerializable(typeof(MessageEnvelope))]
[JsonSerializable(typeof(PartEnvelope))]
[JsonSerializable(typeof(StatusEnvelope))]
[JsonSerializable(typeof(QueueEnvelope))]
[JsonSerializable(typeof(ResetEnvelope))]
[JsonSerializable(typeof(RetryEnvelope))]
[JsonSerializable(typeof(ErrorEnvelope))]
[JsonSerializable(typeof(ActionEnvelope))]
[JsonSerializable(typeof(ChatsEnvelope))]
[JsonSerializable(typeof(ChatEnvelope))]
[JsonSerializable(typeof(ChatDeletedEnvelope))]
[JsonSerializable(typeof(ProgressEnvelope))]
internal sealed partial class WireJson : JsonSerializerContext
{
    // Events travel as text/event-stream and WebSocket text, never inside HTML. Line breaks are always escaped.
    public static WireJson Relaxed { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

internal sealed record MessageEnvelope(string Type, string ChatId, string Position, Message Message);

internal sealed record PartEnvelope(
    string Type,
    string ChatId,
    string Position,
    long Generation,
    long FirstSeq,
    long Seq,
    MessagePart Part);

internal sealed record StatusEnvelope(
    string Type,
    string ChatId,
    long Version,
    ChatStatus Status,
    string Title,
    string Model,
    bool Archived,
    string? FallbackModel,
    GenerationSettings? Settings);

internal sealed record QueueEnvelope(string Type, string ChatId, long Version, IReadOnlyList<QueuedMessage> Queue);

internal sealed record ResetEnvelope(string Type, string ChatId, string Position, long? Epoch, long? Generation);

internal sealed record RetryEnvelope(
    string Type,
    string ChatId,
    long Version,
    int Attempt,
    int MaxAttempts,
    DateTimeOffset RetryAt,
    ChatError Error,
    string? Model);

internal sealed record ErrorEnvelope(string Type, string ChatId, long? Version, ChatError Error);

internal sealed record ActionEnvelope(string Type, string ChatId, long Version, IReadOnlyList<ToolCallPart> ToolCalls);

internal sealed record ChatsEnvelope(string Type, IReadOnlyList<ChatSummary> Chats);

internal sealed record ChatEnvelope(string Type, string ChatId, ChatSummary Chat);

internal sealed record ChatDeletedEnvelope(string Type, string ChatId);

internal sealed record ProgressEnvelope(string Type, string ChatId, string CallId, string Text);
