using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Feeds;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>A part of an answer in flight, as it appears in events.</summary>
internal sealed record PartEvent(long Generation, MessagePart Part)
{
    public static PartEvent Of(StreamEvent streamEvent) =>
        JsonSerializer.Deserialize(streamEvent.Json.Span, AiSdkJson.Lenient.PartEvent)!;
}

/// <summary>The state of a chat as it appears in events. Each kind of event contains some of the fields.</summary>
internal sealed record StateEvent(
    ChatStatus? Status = null,
    ChatError? Error = null,
    IReadOnlyList<QueuedMessage>? Queue = null,
    int Attempt = 0,
    int MaxAttempts = 0,
    DateTimeOffset? RetryAt = null,
    string? Model = null)
{
    public static StateEvent Of(StreamEvent streamEvent) =>
        JsonSerializer.Deserialize(streamEvent.Json.Span, AiSdkJson.Lenient.StateEvent)!;
}
