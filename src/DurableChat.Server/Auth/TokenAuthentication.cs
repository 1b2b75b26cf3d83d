using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace DurableChat.Server.Auth;

/// <summary>Authenticates by bearer token (RFC 6750). Without configured tokens everyone is the owner <c>local</c>.</summary>
internal sealed class TokenAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, TokenList tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Bearer";
    public const string LocalOwner = "local";
    public const string OperatorPolicy = "operator";

    private const string Prefix = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (tokens.IsEmpty)
        {
            return Task.FromResult(Success(LocalOwner, isOperator: true));
        }

        if (Request.Headers.Authorization is not [{ } header] || !header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        return Task.FromResult(tokens.Find(header[Prefix.Length..].Trim()) is { } found
            ? Success(found.Owner, found.IsOperator)
            : AuthenticateResult.Fail("Unknown token."));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = SchemeName;
        await Results.Problem(
            "Send a valid token in the Authorization header.",
            statusCode: StatusCodes.Status401Unauthorized,
            extensions: new Dictionary<string, object?> { ["code"] = "unauthorized", ["retryable"] = false }).ExecuteAsync(Context);
    }

    private AuthenticateResult Success(string owner, bool isOperator)
    {
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, owner)], Scheme.Name);
        if (isOperator)
        {
            identity.AddClaim(new Claim(ClaimTypes.Role, OperatorPolicy));
        }

        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }
}
