using DurableChat.Client;

namespace DurableChat.Server.Clients;

/// <summary>What messages of a session are to be answered by.</summary>
/// <param name="Model">The model; null for the chat's, and for a new chat the server's default.</param>
/// <param name="Settings">How; null for the chat's settings.</param>
internal sealed record AnswerWish(string? Model = null, ChatSettings? Settings = null);
