namespace DurableChat.Chats;

/// <summary>Another model answers the present turn, because the one before it failed. It lasts until the turn ends.</summary>
/// <param name="Model">The configured name of the model that answers now.</param>
/// <param name="AttemptsBefore">How many attempts of the present model call were made by models before it.</param>
public sealed record Fallback(string Model, int AttemptsBefore);
