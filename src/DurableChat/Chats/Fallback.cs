namespace DurableChat.Chats;

/// <summary>
/// A fallback model answers the current turn because the previous model failed. It applies until the turn ends.
/// </summary>
/// <param name="Model">The configured name of the model that answers now.</param>
/// <param name="AttemptsBefore">How many attempts of the current model call earlier models made.</param>
public sealed record Fallback(string Model, int AttemptsBefore);
