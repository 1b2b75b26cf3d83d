using Microsoft.Extensions.AI;

namespace DurableChat.Models;

/// <summary>A model that chats can name.</summary>
/// <param name="Name">Its configured name: what chats store and clients send.</param>
/// <param name="Client">How to talk to it. Shared by all turns, so it must be thread-safe.</param>
/// <param name="Description">What it is, for people.</param>
/// <param name="MapError">Tells what an exception of the client means; null where the client is not its source.</param>
public sealed record ModelDefinition(string Name, IChatClient Client, string? Description = null, Func<Exception, ModelFailure?>? MapError = null);
