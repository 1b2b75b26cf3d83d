using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DurableChat.AspNetCore.Tickets;
using DurableChat.Chats;
using DurableChat.Feeds;

namespace DurableChat.AspNetCore;

/// <summary>How requests and responses look as JSON.</summary>
[JsonSerializable(typeof(CreateChatRequest))]
[JsonSerializable(typeof(UpdateChatRequest))]
[JsonSerializable(typeof(SendMessageRequest))]
[JsonSerializable(typeof(EditMessageRequest))]
[JsonSerializable(typeof(ToolResultsRequest))]
[JsonSerializable(typeof(GenerationSettings))]
[JsonSerializable(typeof(ChatResponse))]
[JsonSerializable(typeof(CommandResponse))]
[JsonSerializable(typeof(ChatListResponse))]
[JsonSerializable(typeof(MessagesResponse))]
[JsonSerializable(typeof(ModelsResponse))]
[JsonSerializable(typeof(FeedListResponse))]
[JsonSerializable(typeof(FeedReport))]
[JsonSerializable(typeof(ReplicaListResponse))]
[JsonSerializable(typeof(UsageResponse))]
[JsonSerializable(typeof(StreamTicketResponse))]
internal sealed partial class HttpJson : JsonSerializerContext
{
    // A misspelt field that is silently ignored costs its author hours, so it is an error.
    public static HttpJson Strict { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        AllowOutOfOrderMetadataProperties = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 32,
    });
}
