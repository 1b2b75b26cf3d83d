namespace DurableChat.Chats;

/// <summary>Why a command is not allowed. An expected outcome, not a program error.</summary>
/// <param name="Code">The kind of refusal.</param>
/// <param name="Message">A sentence for the user.</param>
/// <param name="Field">The invalid request field, in snake_case. Null if no field is invalid.</param>
public sealed record Refusal(RefusalCode Code, string Message, string? Field = null);
