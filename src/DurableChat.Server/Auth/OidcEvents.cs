using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace DurableChat.Server.Auth;

/// <summary>What is made of an issuer's token: an owner, and the time at which streams end; or an answer that says what is wrong. Thread-safe.</summary>
internal sealed partial class OidcEvents(OidcSettings settings, ILogger<OidcEvents> logger) : JwtBearerEvents
{
    /// <summary>What OpenID Connect allows for a subject.</summary>
    public const int MaxOwnerChars = 255;

    private const string CriticalHeader = "crit";

    /// <summary>Without the issuer's keys nothing can be said of a token, least of all that it is wrong.</summary>
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
            // What is known serves on. The token's key is not known, so it is refused as any other.
            LogIssuerUnavailable(exception);
        }
    }

    public override Task TokenValidated(TokenValidatedContext context)
    {
        // A token says by it that whoever does not understand what is named there must not accept it (RFC 7515,
        // 4.1.11). Nothing of the kind is understood here.
        if (context.SecurityToken is not JsonWebToken token || token.TryGetHeaderValue<object>(CriticalHeader, out _))
        {
            context.Fail("The token has critical headers that are not known here.");
            return Task.CompletedTask;
        }

        var claims = context.Principal!;
        if (claims.FindAll(settings.OwnerClaim).ToArray() is not [{ Value: { Length: > 0 and <= MaxOwnerChars } name }] || name.Any(char.IsControl))
        {
            context.Fail($"The token's claim '{settings.OwnerClaim}' is not one name of at most {MaxOwnerChars} characters.");
            return Task.CompletedTask;
        }

        var isOperator = settings.OperatorClaim is { Length: > 0 } claim && claims.HasClaim(claim, settings.OperatorValue!);
        context.Principal = ServerPrincipal.Create(settings.OwnerPrefix + name, isOperator, context.Scheme.Name);

        // A stream ends when its token would be refused, and not before: else its client would come back with the same token again and again.
        context.Properties.ExpiresUtc = new DateTimeOffset(context.SecurityToken.ValidTo, TimeSpan.Zero) + settings.ClockSkew;
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

    /// <summary>The name of a token's key, as the token says: nothing is believed of it yet. Null if it names
    /// none.</summary>
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
