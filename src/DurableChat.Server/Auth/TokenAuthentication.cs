using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace DurableChat.Server.Auth;

/// <summary>
/// Authenticates by the configured tokens. Without authentication, every caller is the owner <c>local</c>.
/// </summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    AuthConfiguration auth)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Token";

    private const string LocalOwner = "local";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
        auth.IsOpen ? Success(LocalOwner, isOperator: true)
        : BearerToken.Of(Request) is not { } token ? AuthenticateResult.NoResult()
        : auth.Tokens.Find(token) is { } found ? Success(found.Owner, found.IsOperator)
        : AuthenticateResult.Fail("Unknown token."));

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        AuthProblems.UnauthorizedAsync(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        AuthProblems.ForbiddenAsync(Context);

    private AuthenticateResult Success(string owner, bool isOperator) =>
        AuthenticateResult.Success(
            new AuthenticationTicket(ServerPrincipal.Create(owner, isOperator, Scheme.Name), Scheme.Name));
}
