namespace DurableChat.Chats;

/// <summary>A tool that runs in the client. When the model calls it, the turn waits for the client's result.</summary>
/// <param name="Name">The name: 1 to 64 letters, digits, <c>_</c> or <c>-</c>.</param>
/// <param name="Description">What the tool does, for the model.</param>
/// <param name="Parameters">The JSON Schema of the arguments, as text.</param>
public sealed record ClientTool(string Name, string Description, string Parameters)
{
    /// <summary>False if a required value is missing. JSON can omit values that a constructor requires.</summary>
    internal bool IsWhole => Name is not null && Description is not null && Parameters is not null;
}
