namespace DurableChat.Server.Clients;

/// <summary>Which server, and who asks.</summary>
/// <param name="Url">The server's address, with a slash at its end.</param>
/// <param name="Token">The bearer token; null for none.</param>
internal sealed record ClientSettings(Uri Url, string? Token);
