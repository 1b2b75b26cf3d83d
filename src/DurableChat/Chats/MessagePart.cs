using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>
/// A part of a message. An answer in flight streams as parts. When it is committed, neighbouring parts of text and
/// reasoning are joined, and the parts become the message. Immutable.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(TextPart), "text")]
[JsonDerivedType(typeof(ReasoningPart), "reasoning")]
[JsonDerivedType(typeof(ToolCallPart), "tool_call")]
[JsonDerivedType(typeof(ToolResultPart), "tool_result")]
[JsonDerivedType(typeof(RefusalPart), "refusal")]
[JsonDerivedType(typeof(SourcePart), "source")]
[JsonDerivedType(typeof(ProviderToolPart), "provider_tool")]
[JsonDerivedType(typeof(FilePart), "file")]
[JsonDerivedType(typeof(UnknownPart), UnknownPart.TypeName)]
public abstract record MessagePart
{
    private protected MessagePart()
    {
    }

    /// <summary>
    /// The text of a part that arrives in pieces and is joined with its neighbours of the same kind. Null for a part
    /// that arrives whole.
    /// </summary>
    internal static string? TextOf(MessagePart part) => part switch
    {
        TextPart text => text.Text,
        ReasoningPart reasoning => reasoning.Text,
        RefusalPart refusal => refusal.Text,
        _ => null,
    };

    /// <summary>A part of the same kind with another text. Returns the part itself if its kind arrives whole.</summary>
    internal static MessagePart WithText(MessagePart part, string text) => part switch
    {
        TextPart => new TextPart(text),
        ReasoningPart => new ReasoningPart(text),
        RefusalPart => new RefusalPart(text),
        _ => part,
    };

    /// <summary>The approximate number of characters of a part.</summary>
    internal static int CharsOf(MessagePart part) => part switch
    {
        ToolCallPart call => call.CallId.Length + call.Arguments.Length + call.Name.Length,
        ToolResultPart result => result.Result.Length,
        SourcePart source => source.Url.Length + (source.Title?.Length ?? 0),
        ProviderToolPart tool => tool.Name.Length + tool.Input.Length,
        FilePart file => file.Data.Length,
        UnknownPart unknown => unknown.Kind.Length + unknown.Json.Length,
        _ => TextOf(part)?.Length ?? 0,
    };

    /// <summary>False if a text is null, as when JSON omits it.</summary>
    internal static bool IsWhole(MessagePart? part) => part switch
    {
        TextPart { Text: not null } or ReasoningPart { Text: not null } => true,
        ToolCallPart { CallId: not null, Name: not null, Arguments: not null } => true,
        ToolResultPart { CallId: not null, Result: not null } => true,
        RefusalPart { Text: not null } or SourcePart { Url: not null } => true,
        ProviderToolPart { Name: not null, Input: not null } => true,
        FilePart { MediaType: not null, Data: not null } => true,
        UnknownPart { Kind: not null, Json: not null } => true,
        _ => false,
    };
}

/// <summary>Text of a message.</summary>
public sealed record TextPart(string Text) : MessagePart;

/// <summary>
/// The model's reasoning, as far as the provider shows it. The provider gets back the message's <see cref="Replay"/>,
/// not this text.
/// </summary>
public sealed record ReasoningPart(string Text) : MessagePart;

/// <summary>A tool call.</summary>
/// <param name="CallId">
/// The id that results refer to. It is the provider's id, unless that is empty or was used before. Unique only within
/// its answer.
/// </param>
/// <param name="Name">The name of the tool.</param>
/// <param name="Arguments">The arguments: one JSON object, as text.</param>
public sealed record ToolCallPart(string CallId, string Name, string Arguments) : MessagePart;

/// <summary>The result of a tool call.</summary>
/// <param name="CallId">The id of the answered call.</param>
/// <param name="Result">The result, as text. It is JSON if the tool returned JSON.</param>
/// <param name="IsError">True if the tool failed, is unknown, or was cancelled.</param>
public sealed record ToolResultPart(string CallId, string Result, bool IsError = false) : MessagePart;

/// <summary>The model declines to answer.</summary>
/// <param name="Text">The model's explanation.</param>
public sealed record RefusalPart(string Text) : MessagePart;

/// <summary>A source that the preceding text cites.</summary>
/// <param name="Url">The address of the source.</param>
/// <param name="Title">The title. Null if the provider did not send one.</param>
public sealed record SourcePart(string Url, string? Title = null) : MessagePart;

/// <summary>A tool that the provider ran, such as a web search.</summary>
/// <param name="Name">The provider's name for the tool.</param>
/// <param name="Input">The input of the tool, for display. May be empty.</param>
public sealed record ProviderToolPart(string Name, string Input) : MessagePart;

/// <summary>A file that the model made, such as a picture.</summary>
/// <param name="MediaType">Its media type, e.g. <c>image/png</c>.</param>
/// <param name="Data">The content, in base64.</param>
public sealed record FilePart(string MediaType, string Data) : MessagePart;

/// <summary>
/// A part that only a later version of the program knows. It is shown to users but not sent to models.
/// </summary>
/// <param name="Kind">The type of the part in the later version.</param>
/// <param name="Json">The part as stored.</param>
public sealed record UnknownPart(string Kind, string Json) : MessagePart
{
    internal const string TypeName = "unknown";
}
