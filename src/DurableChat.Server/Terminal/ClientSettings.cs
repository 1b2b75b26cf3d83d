namespace DurableChat.Server.Terminal;

/// <summary>The server and the caller's token.</summary>
/// <param name="Url">The server's URL, with a trailing slash.</param>
/// <param name="Token">The bearer token; null for none.</param>
internal sealed record ClientSettings(Uri Url, string? Token);
