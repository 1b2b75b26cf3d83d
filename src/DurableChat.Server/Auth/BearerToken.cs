namespace DurableChat.Server.Auth;

/// <summary>
/// Reads the token in the Authorization header (RFC 6750). Tokens in URLs are not accepted, because URLs are logged.
/// </summary>
internal static class BearerToken
{
    /// <summary>The word before the token.</summary>
    public const string Scheme = "Bearer";

    private const string Prefix = $"{Scheme} ";

    /// <summary>The token of a request; null if it has none.</summary>
    public static string? Of(HttpRequest request) =>
        request.Headers.Authorization is [{ } header] && header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? header[Prefix.Length..].Trim()
            : null;
}
