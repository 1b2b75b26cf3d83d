using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Tokens;

namespace DurableChat.Server.Auth;

/// <summary>
/// Authenticates by JWT access tokens of an OpenID Connect issuer (based on RFC 9068: signature, issuer, audience and
/// expiry are checked).
/// </summary>
internal static class OidcBearer
{
    public const string SchemeName = "Oidc";

    /// <summary>The timeout for requests to the issuer.</summary>
    private static readonly TimeSpan _issuerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Signatures that only the issuer can create. Excluded are <c>none</c>, and HMAC, whose key could be derived from
    /// what the issuer publishes.
    /// </summary>
    private static readonly string[] _algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    public static void Add(AuthenticationBuilder authentication, OidcSettings settings)
    {
        authentication.AddJwtBearer(SchemeName, null, _ => { });
        authentication.Services.AddOptions<JwtBearerOptions>(SchemeName).Configure<TimeProvider, ILoggerFactory>(
            (options, time, logger) => Configure(options, settings, time, logger));
    }

    private static void Configure(
        JwtBearerOptions options,
        OidcSettings settings,
        TimeProvider time,
        ILoggerFactory logger)
    {
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.ConfigurationManager = CreateKeys(settings, time);
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAudience = settings.Audience,
            ValidAlgorithms = _algorithms,
            ClockSkew = settings.ClockSkew,
            LifetimeValidator = (from, until, _, _) => RequireLifetime(from, until, settings.ClockSkew, time),
        };
        options.Events = new OidcEvents(settings, logger.CreateLogger<OidcEvents>());
    }

    private static IssuerKeys CreateKeys(OidcSettings settings, TimeProvider time)
    {
        var http = new HttpClient(
            new SocketsHttpHandler { PooledConnectionLifetime = settings.KeyRefresh, ConnectTimeout = _issuerTimeout })
        {
            Timeout = _issuerTimeout,
            MaxResponseContentBufferSize = 1024 * 1024,
        };
        return new IssuerKeys(
            settings.MetadataAddress.ToString(),
            new HttpDocumentRetriever(http) { RequireHttps = !settings.MetadataAddress.IsLoopback },
            settings.KeyRefresh,
            time);
    }

    /// <summary>
    /// Applies the skew to this server's time, because a token's own times may be the minimum or maximum value.
    /// </summary>
    internal static bool RequireLifetime(DateTime? from, DateTime? until, TimeSpan skew, TimeProvider time)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return until is not { } end ? throw new SecurityTokenNoExpirationException("The token does not expire.")
            : now - skew >= end ? throw new SecurityTokenExpiredException("The token has expired.") { Expires = end }
            : from is null || from <= now + skew
                ? true
                : throw new SecurityTokenNotYetValidException("The token is not valid yet.");
    }
}
