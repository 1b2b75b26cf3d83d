using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Feeds;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>A part of an answer in flight, as events tell it.</summary>
internal sealed record PartEvent(long Generation, MessagePart Part)
{
    public static PartEvent Of(StreamEvent streamEvent) => JsonSerializer.Deserialize(streamEvent.Json.Span, AiSdkJson.Lenient.PartEvent)!;
}

/// <summary>What events tell of a chat's state: each kind has some of this.</summary>
internal sealed record StateEvent(ChatStatus? Status = null, ChatError? Error = null, IReadOnlyList<QueuedMessage>? Queue = null, int Attempt = 0, int MaxAttempts = 0, DateTimeOffset? RetryAt = null, string? Model = null)
{
    public static StateEvent Of(StreamEvent streamEvent) => JsonSerializer.Deserialize(streamEvent.Json.Span, AiSdkJson.Lenient.StateEvent)!;
}
