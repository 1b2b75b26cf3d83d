using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>
/// A piece of a message. An answer in flight streams as parts; when it commits, neighbouring parts of text and reasoning
/// are joined, and the parts become the message. Immutable.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(TextPart), "text")]
[JsonDerivedType(typeof(ReasoningPart), "reasoning")]
[JsonDerivedType(typeof(ToolCallPart), "tool_call")]
[JsonDerivedType(typeof(ToolResultPart), "tool_result")]
public abstract record MessagePart
{
    private protected MessagePart()
    {
    }

    /// <summary>False if a text is null, as in JSON that leaves it out.</summary>
    internal static bool IsWhole(MessagePart? part) => part switch
    {
        TextPart { Text: not null } or ReasoningPart { Text: not null } => true,
        ToolCallPart { CallId: not null, Name: not null, Arguments: not null } => true,
        ToolResultPart { CallId: not null, Result: not null } => true,
        _ => false,
    };
}

/// <summary>Text to read.</summary>
public sealed record TextPart(string Text) : MessagePart;

/// <summary>The model's reasoning, as far as the provider shows it. It is not sent back to the model.</summary>
public sealed record ReasoningPart(string Text) : MessagePart;

/// <summary>A call of a tool.</summary>
/// <param name="CallId">The id the provider gave the call. A tool may use it as an idempotency key: a call that runs again after a crash has the same id.</param>
/// <param name="Name">The tool's name.</param>
/// <param name="Arguments">The arguments: one JSON object, as text.</param>
public sealed record ToolCallPart(string CallId, string Name, string Arguments) : MessagePart;

/// <summary>What a tool answered.</summary>
/// <param name="CallId">The call that is answered.</param>
/// <param name="Result">The answer, as text; JSON where the tool gave JSON.</param>
/// <param name="IsError">True if the tool failed, is unknown, or was cancelled.</param>
public sealed record ToolResultPart(string CallId, string Result, bool IsError = false) : MessagePart;
