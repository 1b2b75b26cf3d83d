using Microsoft.AspNetCore.Authentication;

namespace DurableChat.Server.Auth;

/// <summary>Sets up authentication and authorization.</summary>
internal static class AuthSetup
{
    /// <summary>The policy that admits operators.</summary>
    public const string OperatorPolicy = "operator";

    public static void Add(IServiceCollection services, AuthConfiguration auth)
    {
        services.AddSingleton(auth);
        var authentication = services.AddAuthentication(BearerToken.Scheme)
            .AddPolicyScheme(BearerToken.Scheme, null, policy => policy.ForwardDefaultSelector = context =>
                IsOidc(auth, context.Request) ? OidcBearer.SchemeName : TokenAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null);
        if (auth.Oidc is { } oidc)
        {
            OidcBearer.Add(authentication, oidc);
        }

        services.AddAuthorizationBuilder().AddPolicy(OperatorPolicy, policy => policy.RequireRole(OperatorPolicy));
    }

    /// <summary>
    /// A configured token may have any form, so even a token that looks like a JWT is looked up in the list first.
    /// </summary>
    private static bool IsOidc(AuthConfiguration auth, HttpRequest request) =>
        auth.Oidc is not null
            && BearerToken.Of(request) is { } token
            && token.AsSpan().Count('.') == 2
            && auth.Tokens.Find(token) is null;
}
