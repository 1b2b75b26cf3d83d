using DurableChat.Client;

namespace DurableChat.Server.Terminal;

/// <summary>The model and settings for the messages of a session.</summary>
/// <param name="Model">The model. Null uses the chat's model, or the server's default for a new chat.</param>
/// <param name="Settings">The settings. Null uses the chat's settings.</param>
internal sealed record AnswerWish(string? Model = null, ChatSettings? Settings = null);
