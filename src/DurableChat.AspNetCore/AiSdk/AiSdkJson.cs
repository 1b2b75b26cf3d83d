using System.Text.Json;
using System.Text.Json.Serialization;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>JSON of the protocol's requests, and of the feed's events when they are read back.</summary>
[JsonSerializable(typeof(AiSdkRequest))]
[JsonSerializable(typeof(AiSdkMessage))]
[JsonSerializable(typeof(AiSdkOutcome))]
[JsonSerializable(typeof(PartEvent))]
[JsonSerializable(typeof(StateEvent))]
internal sealed partial class AiSdkJson : JsonSerializerContext
{
    /// <summary>
    /// Ignores unknown fields: they come from the application or a newer client. Allows deeper nesting than elsewhere,
    /// because tool values are nested inside messages.
    /// </summary>
    public static AiSdkJson Lenient { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowDuplicateProperties = false,
        MaxDepth = 64,
    });
}
