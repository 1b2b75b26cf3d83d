using System.Text.Json;
using System.Text.Json.Serialization;

namespace DurableChat.Client;

/// <summary>A part of a message. Which members are set depends on <see cref="Type"/>.</summary>
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

    /// <summary>The type of a refusal: the model's explanation of why it declines to answer.</summary>
    public const string RefusalType = "refusal";

    /// <summary>The type of a source that the preceding text cites.</summary>
    public const string SourceType = "source";

    /// <summary>The type of a tool that the provider ran, such as a web search.</summary>
    public const string ProviderToolType = "provider_tool";

    /// <summary>The type of a file that the model made, such as a picture.</summary>
    public const string FileType = "file";

    /// <summary>The type of the part. Later server versions may have more types.</summary>
    public required string Type { get; init; }

    /// <summary>For text, reasoning or a refusal: the text.</summary>
    public string? Text { get; init; }

    /// <summary>For a tool call or result: the id of the call.</summary>
    public string? CallId { get; init; }

    /// <summary>For a tool call or a provider tool: the name of the tool.</summary>
    public string? Name { get; init; }

    /// <summary>For a tool call: its arguments, one JSON object as text.</summary>
    public string? Arguments { get; init; }

    /// <summary>For a tool result: the result, as text.</summary>
    public string? Result { get; init; }

    /// <summary>For a tool result: true if the tool failed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsError { get; init; }

    /// <summary>For a source: its address. It comes from the provider, so validate it before a user opens it.</summary>
    public string? Url { get; init; }

    /// <summary>For a source: its title. Null if the provider did not send one.</summary>
    public string? Title { get; init; }

    /// <summary>For a provider tool: its input, for display. May be empty.</summary>
    public string? Input { get; init; }

    /// <summary>For a file: its media type, e.g. <c>image/png</c>.</summary>
    public string? MediaType { get; init; }

    /// <summary>For a file: the content, in base64.</summary>
    public string? Data { get; init; }

    /// <summary>Members that only a later server version knows, unchanged. Null for none.</summary>
    [JsonExtensionData]
    [JsonInclude]
    public IDictionary<string, JsonElement>? More { get; internal set; }

    /// <summary>True if the type is one of those above.</summary>
    internal bool IsKnown => Type
        is TextType or ReasoningType or ToolCallType or ToolResultType
        or RefusalType or SourceType or ProviderToolType or FileType;
}
