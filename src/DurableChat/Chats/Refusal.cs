namespace DurableChat.Chats;

/// <summary>Why a command is not possible. An expected outcome, not an error of the program.</summary>
/// <param name="Code">Which kind.</param>
/// <param name="Message">A sentence for a person.</param>
/// <param name="Field">The request field that is wrong, in snake_case; null if none is.</param>
public sealed record Refusal(RefusalCode Code, string Message, string? Field = null);
