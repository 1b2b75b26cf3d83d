namespace DurableChat.Server.Auth;

/// <summary>Whom the server lets in, as configured. Immutable.</summary>
/// <param name="Tokens">The tokens of the configuration.</param>
/// <param name="Oidc">The issuer whose tokens are accepted beside them; null for none.</param>
internal sealed record AuthConfiguration(TokenList Tokens, OidcSettings? Oidc)
{
    /// <summary>True if nobody is asked who they are: then the server serves this machine only, and everyone is the same owner, with all rights.</summary>
    public bool IsOpen => Tokens.IsEmpty && Oidc is null;

    /// <exception cref="ConfigurationException">A setting is wrong. The message names it.</exception>
    public static AuthConfiguration Read(IConfiguration configuration)
    {
        var auth = new AuthConfiguration(TokenList.Read(configuration), OidcSettings.Read(configuration));

        // Without a prefix the operator says that both mean the same people.
        if (auth.Oidc is { OwnerPrefix: { Length: > 0 } prefix } && auth.Tokens.Owners.FirstOrDefault(owner => owner.StartsWith(prefix, StringComparison.Ordinal)) is { } owner)
        {
            throw new ConfigurationException($"Auth:Tokens has the owner '{owner}', who could be one of the issuer's: names that begin with '{prefix}' (Auth:Oidc:OwnerPrefix) are theirs.");
        }

        return auth;
    }
}
