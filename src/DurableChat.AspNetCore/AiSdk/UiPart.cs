using System.Globalization;
using System.Text.Json;
using DurableChat.Chats;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>
/// The client's form of parts that are only shown. Streams and histories use the same form, so that a reload does not
/// change the screen. Pure.
/// </summary>
internal static class UiPart
{
    /// <summary>The kind of a refusal. The client gets a text part with a mark.</summary>
    public const string Refusal = "refusal";

    /// <summary>The name of the data part for a tool that the provider ran.</summary>
    public const string ProviderTool = "provider-tool";

    /// <summary>The name of the data part for a part that only a later server version knows.</summary>
    public const string Unknown = "unknown-part";

    /// <summary>The kind of a part that is only shown; null for calls and results.</summary>
    public static string? KindOf(MessagePart part) => part switch
    {
        TextPart => "text",
        ReasoningPart => "reasoning",
        RefusalPart => Refusal,
        SourcePart => "source",
        FilePart => "file",
        ProviderToolPart => ProviderTool,
        UnknownPart => Unknown,
        _ => null,
    };

    /// <summary>The text of a part that arrives in pieces; null for a part that arrives whole.</summary>
    public static string? TextOf(MessagePart part) => part switch
    {
        TextPart text => text.Text,
        ReasoningPart reasoning => reasoning.Text,
        RefusalPart refusal => refusal.Text,
        _ => null,
    };

    /// <summary>The length of a part: its characters, or 1 for a part that arrives whole.</summary>
    public static int LengthOf(MessagePart part) => TextOf(part)?.Length ?? 1;

    /// <summary>The client's type for a kind of text.</summary>
    public static string TypeOf(string kind) => kind == Refusal ? "text" : kind;

    /// <summary>The id of a source: its number within the answer.</summary>
    public static string SourceId(long generation, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{generation}-source-{number}");

    /// <summary>Why an answer ended, in the client's terms; null for a normal end.</summary>
    public static string? ReasonOf(FinishReason? reason) => reason switch
    {
        FinishReason.Length => "length",
        FinishReason.ContentFilter => "content-filter",
        _ => null,
    };

    /// <summary>Writes the mark of a refusal.</summary>
    public static void WriteRefusalMark(Utf8JsonWriter json)
    {
        json.WriteStartObject("providerMetadata"u8);
        json.WriteStartObject("durablechat"u8);
        json.WriteBoolean("refusal"u8, true);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Writes why an answer ended.</summary>
    public static void WriteReason(Utf8JsonWriter json, ReadOnlySpan<byte> name, string reason)
    {
        json.WriteStartObject(name);
        json.WriteString("finishReason"u8, reason);
        json.WriteEndObject();
    }

    /// <summary>Writes the members of a source.</summary>
    public static void WriteMembers(Utf8JsonWriter json, SourcePart source, string id)
    {
        json.WriteString("sourceId"u8, id);
        json.WriteString("url"u8, source.Url);
        if (source.Title is { } title)
        {
            json.WriteString("title"u8, title);
        }
    }

    /// <summary>Writes the members of a file.</summary>
    public static void WriteMembers(Utf8JsonWriter json, FilePart file)
    {
        json.WriteString("mediaType"u8, file.MediaType);
        json.WriteString("url"u8, $"data:{file.MediaType};base64,{file.Data}");
    }

    /// <summary>Writes the data of a tool that the provider ran.</summary>
    public static void WriteMembers(Utf8JsonWriter json, ProviderToolPart tool)
    {
        json.WriteString("name"u8, tool.Name);
        json.WriteString("input"u8, tool.Input);
    }

    /// <summary>Writes the data of an unknown part.</summary>
    public static void WriteMembers(Utf8JsonWriter json, UnknownPart unknown) =>
        json.WriteString("type"u8, unknown.Kind);
}
