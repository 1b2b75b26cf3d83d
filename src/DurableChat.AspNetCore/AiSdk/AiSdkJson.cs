using System.Text.Json;
using System.Text.Json.Serialization;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>How the protocol's requests are read, and the feed's events again.</summary>
[JsonSerializable(typeof(AiSdkRequest))]
[JsonSerializable(typeof(AiSdkMessage))]
[JsonSerializable(typeof(AiSdkOutcome))]
[JsonSerializable(typeof(PartEvent))]
[JsonSerializable(typeof(StateEvent))]
internal sealed partial class AiSdkJson : JsonSerializerContext
{
    /// <summary>Fields that are not known are the application's, or of a newer client: no mistake. A tool's values nest within messages, so it may go deeper than elsewhere.</summary>
    public static AiSdkJson Lenient { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowDuplicateProperties = false,
        MaxDepth = 64,
    });
}
