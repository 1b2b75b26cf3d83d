using System.Text.Json;
using System.Text.Json.Serialization;

namespace DurableChat.Client;

/// <summary>A piece of a message. Which members are set depends on <see cref="Type"/>.</summary>
public sealed record MessagePart
{
    /// <summary>The type of a text.</summary>
    public const string TextType = "text";

    /// <summary>The type of a model's reasoning.</summary>
    public const string ReasoningType = "reasoning";

    /// <summary>The type of a tool call.</summary>
    public const string ToolCallType = "tool_call";

    /// <summary>The type of a tool's result.</summary>
    public const string ToolResultType = "tool_result";

    /// <summary>The type of words with which a model declines to answer.</summary>
    public const string RefusalType = "refusal";

    /// <summary>The type of a source that the text before it cites.</summary>
    public const string SourceType = "source";

    /// <summary>The type of a tool that the provider ran, such as a web search.</summary>
    public const string ProviderToolType = "provider_tool";

    /// <summary>The type of a file that the model made, such as a picture.</summary>
    public const string FileType = "file";

    /// <summary>What it is. Servers of a later version may know more types.</summary>
    public required string Type { get; init; }

    /// <summary>Of a text, reasoning or refusal: what is said.</summary>
    public string? Text { get; init; }

    /// <summary>Of a call or result: which call.</summary>
    public string? CallId { get; init; }

    /// <summary>Of a call or a tool of the provider: the tool.</summary>
    public string? Name { get; init; }

    /// <summary>Of a call: its arguments, one JSON object as text.</summary>
    public string? Arguments { get; init; }

    /// <summary>Of a result: what the tool gave, as text.</summary>
    public string? Result { get; init; }

    /// <summary>Of a result: true if the tool failed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsError { get; init; }

    /// <summary>Of a source: where it is. It comes from the provider: check it before a person follows it.</summary>
    public string? Url { get; init; }

    /// <summary>Of a source: its title; null if the provider gave none.</summary>
    public string? Title { get; init; }

    /// <summary>Of a tool of the provider: what it was run with, for people; may be empty.</summary>
    public string? Input { get; init; }

    /// <summary>Of a file: its media type, e.g. <c>image/png</c>.</summary>
    public string? MediaType { get; init; }

    /// <summary>Of a file: the content in base64.</summary>
    public string? Data { get; init; }

    /// <summary>What a server of a later version says beside this, as it came; null for nothing.</summary>
    [JsonExtensionData]
    [JsonInclude]
    public IDictionary<string, JsonElement>? More { get; internal set; }

    /// <summary>True if its type is one of those above.</summary>
    internal bool IsKnown => Type
        is TextType or ReasoningType or ToolCallType or ToolResultType
        or RefusalType or SourceType or ProviderToolType or FileType;
}
