namespace DurableChat.ScaleTest.Wire;

/// <summary>A command was refused, or nobody answered it for too long.</summary>
internal sealed class CommandFailedException(string message) : Exception(message);
