namespace DurableChat.Models;

/// <summary>A tool was given arguments it cannot use. The message goes to the model, so it should say what would be right.</summary>
public sealed class ToolInputException(string message) : Exception(message);
