using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DurableChat.Client;

namespace DurableChat.Server.Terminal;

/// <summary>JSON of export files. Members that a newer version adds are ignored.</summary>
internal static class ExportJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        WriteIndented = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { SayOfEachResultWhetherItFailed } },
    };

    /// <summary>
    /// Always writes whether a result is an error, since programs that read the format may rely on it.
    /// </summary>
    private static void SayOfEachResultWhetherItFailed(JsonTypeInfo type)
    {
        if (type.Type == typeof(MessagePart))
        {
            type.Properties.Single(property => property.Name == "is_error").ShouldSerialize = (part, _) => part is MessagePart { Type: MessagePart.ToolResultType };
        }
    }
}
