using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

namespace DurableChat.Server.Auth;

/// <summary>What is made of an issuer's token: an owner, and the time at which streams end; or an answer that says what is wrong. Thread-safe.</summary>
internal sealed partial class OidcEvents(OidcSettings settings, ILogger<OidcEvents> logger) : JwtBearerEvents
{
    private const int MaxOwnerChars = 255;

    /// <summary>Without the issuer's keys nothing can be said of a token, least of all that it is wrong.</summary>
    public override async Task MessageReceived(MessageReceivedContext context)
    {
        try
        {
            await context.Options.ConfigurationManager!.GetConfigurationAsync(context.HttpContext.RequestAborted);
        }
        catch (InvalidOperationException exception)
        {
            LogIssuerUnavailable(exception);
            context.Fail(new IssuerUnavailableException(exception));
        }
    }

    public override Task TokenValidated(TokenValidatedContext context)
    {
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
            IssuerUnavailableException => AuthProblems.IssuerUnavailableAsync(context.HttpContext),
            _ => AuthProblems.UnauthorizedAsync(context.HttpContext),
        };
    }

    public override Task Forbidden(ForbiddenContext context) => AuthProblems.ForbiddenAsync(context.HttpContext);

    [LoggerMessage(1, LogLevel.Error, "A token cannot be checked, because its issuer does not tell its keys")]
    private partial void LogIssuerUnavailable(Exception exception);

    private sealed class IssuerUnavailableException(Exception cause) : Exception("The issuer does not tell its keys.", cause);
}
