namespace DurableChat.Models;

/// <summary>
/// A tool cannot use its arguments. The message goes to the model, so it should say what would be valid.
/// </summary>
public sealed class ToolInputException(string message) : Exception(message);
