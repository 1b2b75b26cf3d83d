using System.Text.Json;
using System.Text.Json.Serialization;

namespace DurableChat.Client.Calls;

/// <summary>The JSON form of the wire. Members that only a later server knows are ignored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChatInfo))]
[JsonSerializable(typeof(ChatListPage))]
[JsonSerializable(typeof(HistoryPage))]
[JsonSerializable(typeof(CommandOutcome))]
[JsonSerializable(typeof(ModelsBody))]
[JsonSerializable(typeof(NewChatRequest))]
[JsonSerializable(typeof(ChangeBody))]
[JsonSerializable(typeof(SendBody))]
[JsonSerializable(typeof(EditBody))]
[JsonSerializable(typeof(ResultsBody))]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(MessageEvent))]
[JsonSerializable(typeof(MessagePartEvent))]
[JsonSerializable(typeof(StatusEvent))]
[JsonSerializable(typeof(QueueEvent))]
[JsonSerializable(typeof(HistoryResetEvent))]
[JsonSerializable(typeof(PreviewResetEvent))]
[JsonSerializable(typeof(RetryEvent))]
[JsonSerializable(typeof(ErrorEvent))]
[JsonSerializable(typeof(ActionRequiredEvent))]
[JsonSerializable(typeof(ToolProgressEvent))]
[JsonSerializable(typeof(ChatsEvent))]
[JsonSerializable(typeof(ChatChangedEvent))]
[JsonSerializable(typeof(ChatDeletedEvent))]
[JsonSerializable(typeof(Dictionary<string, object?>))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class ClientJson : JsonSerializerContext;

internal sealed record ModelsBody(IReadOnlyList<ModelInfo> Models);

internal sealed record ChangeBody(string? Title, bool? Archived, string? Model, ChatSettings? Settings);

internal sealed record SendBody(string Content, string BusyBehavior, string? Model, ChatSettings? Settings);

internal sealed record EditBody(string Content, string? Model, ChatSettings? Settings);

internal sealed record ResultsBody(IReadOnlyList<ToolResult> Results);

internal sealed record ProblemBody(string? Code, string? Detail, string? Title, string? Field, bool Retryable);
