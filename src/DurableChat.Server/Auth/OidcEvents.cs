using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace DurableChat.Server.Auth;

/// <summary>
/// Turns an issuer's token into an owner and the time at which streams end, or into a response that says what is wrong.
/// Thread-safe.
/// </summary>
internal sealed partial class OidcEvents(OidcSettings settings, ILogger<OidcEvents> logger) : JwtBearerEvents
{
    /// <summary>The maximum length of a subject in OpenID Connect.</summary>
    public const int MaxOwnerChars = 255;

    private const string CriticalHeader = "crit";

    /// <summary>Without the issuer's keys a token cannot be checked, so it must not be reported as invalid.</summary>
    public override async Task MessageReceived(MessageReceivedContext context)
    {
        var keys = (IssuerKeys)context.Options.ConfigurationManager!;
        try
        {
            await keys.GetConfigurationAsync(context.HttpContext.RequestAborted);
        }
        catch (IssuerAwayException exception)
        {
            LogIssuerUnavailable(exception);
            context.Fail(exception);
            return;
        }

        try
        {
            await keys.LearnAsync(KeyIdOf(BearerToken.Of(context.Request)), context.HttpContext.RequestAborted);
        }
        catch (IssuerAwayException exception)
        {
            // Known keys remain in use. This token's key is unknown, so the token is refused like any other.
            LogIssuerUnavailable(exception);
        }
    }

    public override Task TokenValidated(TokenValidatedContext context)
    {
        // A recipient that does not understand an extension listed in this header must refuse the token (RFC 7515,
        // 4.1.11). This server supports no extensions.
        if (context.SecurityToken is not JsonWebToken token || token.TryGetHeaderValue<object>(CriticalHeader, out _))
        {
            context.Fail("The token has critical headers that are not known here.");
            return Task.CompletedTask;
        }

        var claims = context.Principal!;
        if (claims.FindAll(settings.OwnerClaim).ToArray() is not [{ Value: { Length: > 0 and <= MaxOwnerChars } name }]
            || name.Any(char.IsControl))
        {
            context.Fail(
                $"The token's claim '{settings.OwnerClaim}' is not one name of at most {MaxOwnerChars} characters.");
            return Task.CompletedTask;
        }

        var isOperator = settings.OperatorClaim is { Length: > 0 } claim
            && claims.HasClaim(claim, settings.OperatorValue!);
        context.Principal = ServerPrincipal.Create(settings.OwnerPrefix + name, isOperator, context.Scheme.Name);

        // A stream ends when its token would be refused, and not before: otherwise its client would reconnect with the
        // same token repeatedly.
        context.Properties.ExpiresUtc = new DateTimeOffset(context.SecurityToken.ValidTo, TimeSpan.Zero)
            + settings.ClockSkew;
        return Task.CompletedTask;
    }

    public override Task Challenge(JwtBearerChallengeContext context)
    {
        context.HandleResponse();
        return context.AuthenticateFailure switch
        {
            SecurityTokenExpiredException => AuthProblems.TokenExpiredAsync(context.HttpContext),
            IssuerAwayException => AuthProblems.IssuerUnavailableAsync(context.HttpContext),
            _ => AuthProblems.UnauthorizedAsync(context.HttpContext),
        };
    }

    public override Task Forbidden(ForbiddenContext context) => AuthProblems.ForbiddenAsync(context.HttpContext);

    [LoggerMessage(1, LogLevel.Error, "A token cannot be checked, because its issuer does not tell its keys")]
    private partial void LogIssuerUnavailable(Exception exception);

    /// <summary>The id of a token's key, which is not verified yet. Null if the token has none.</summary>
    private static string? KeyIdOf(string? token)
    {
        try
        {
            return token is null ? null : new JsonWebToken(token).Kid is { Length: > 0 } kid ? kid : null;
        }
        catch (Exception exception) when (exception is ArgumentException or SecurityTokenException)
        {
            return null;
        }
    }
}
