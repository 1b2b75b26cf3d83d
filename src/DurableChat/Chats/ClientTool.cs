namespace DurableChat.Chats;

/// <summary>A tool that runs in the client: the model may call it, and the turn then waits for the client's result.</summary>
/// <param name="Name">Its name: 1 to 64 letters, digits, <c>_</c> or <c>-</c>.</param>
/// <param name="Description">What it does, for the model.</param>
/// <param name="Parameters">The JSON Schema of its arguments, as text.</param>
public sealed record ClientTool(string Name, string Description, string Parameters)
{
    /// <summary>True if nothing is missing: JSON may leave out what a constructor demands.</summary>
    internal bool IsWhole => Name is not null && Description is not null && Parameters is not null;
}
