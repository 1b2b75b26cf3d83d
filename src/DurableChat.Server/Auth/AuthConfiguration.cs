using DurableChat.Server.Configuration;

namespace DurableChat.Server.Auth;

/// <summary>The configured authentication. Immutable.</summary>
/// <param name="Tokens">The configured tokens.</param>
/// <param name="Oidc">The issuer whose tokens are accepted as well; null for none.</param>
internal sealed record AuthConfiguration(TokenList Tokens, OidcSettings? Oidc)
{
    /// <summary>
    /// True if there is no authentication. The server is then reachable from this machine only, and every caller is the
    /// same owner with all rights.
    /// </summary>
    public bool IsOpen => Tokens.IsEmpty && Oidc is null;

    /// <exception cref="ConfigurationException">A setting is invalid. The message names it.</exception>
    public static AuthConfiguration Read(IConfiguration configuration)
    {
        var auth = new AuthConfiguration(TokenList.Read(configuration), OidcSettings.Read(configuration));

        // An empty prefix is the operator's statement that equal names are the same person.
        if (auth.Oidc is { OwnerPrefix: { Length: > 0 } prefix } && auth.Tokens.Owners.FirstOrDefault(owner => owner.StartsWith(prefix, StringComparison.Ordinal)) is { } owner)
        {
            throw new ConfigurationException($"Auth:Tokens has the owner '{owner}', who could be one of the issuer's: names that begin with '{prefix}' (Auth:Oidc:OwnerPrefix) are theirs.");
        }

        return auth;
    }
}
