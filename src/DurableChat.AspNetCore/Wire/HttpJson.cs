using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DurableChat.AspNetCore.Tickets;
using DurableChat.Chats;
using DurableChat.Feeds;

namespace DurableChat.AspNetCore.Wire;

/// <summary>JSON of requests and responses.</summary>
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
    // Ignoring a misspelt field would cost the caller hours, so it is an error.
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
