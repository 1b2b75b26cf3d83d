using DurableChat.Server.Configuration;

namespace DurableChat.Server.Auth;

/// <summary>
/// The configuration section <c>Auth:Oidc</c>: an OpenID Connect issuer whose access tokens are accepted.
/// </summary>
internal sealed class OidcSettings
{
    private const int MaxPrefixChars = 64;
    private static readonly TimeSpan _maxClockSkew = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _minKeyRefresh = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _maxKeyRefresh = TimeSpan.FromDays(1);

    /// <summary>The issuer's address, without <c>/.well-known/openid-configuration</c>.</summary>
    public string? Authority { get; set; }

    /// <summary>
    /// The value that the tokens' <c>aud</c> must contain, so that tokens for other services are refused.
    /// </summary>
    public string? Audience { get; set; }

    /// <summary>The claim that contains the owner's name.</summary>
    public string OwnerClaim { get; set; } = "sub";

    /// <summary>
    /// The prefix of owner names from this issuer, so that none equals the name of a configured token's owner.
    /// </summary>
    public string OwnerPrefix { get; set; } = "oidc:";

    /// <summary>
    /// The claim that makes a caller an operator if it has the value of <see cref="OperatorValue"/>. Without it, no
    /// caller with a token of this issuer is an operator.
    /// </summary>
    public string? OperatorClaim { get; set; }

    /// <summary>See <see cref="OperatorClaim"/>.</summary>
    public string? OperatorValue { get; set; }

    /// <summary>How far the issuer's clock may differ from this server's.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often the issuer's keys are read again. A token with an unknown key causes an immediate read.
    /// </summary>
    public TimeSpan KeyRefresh { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>The address of the issuer's metadata.</summary>
    public Uri MetadataAddress => new($"{Authority!.TrimEnd('/')}/.well-known/openid-configuration");

    /// <summary>Reads the section; null if it does not exist.</summary>
    /// <exception cref="ConfigurationException">A setting is missing or invalid. The message names it.</exception>
    public static OidcSettings? Read(IConfiguration configuration)
    {
        const string Section = "Auth:Oidc";
        if (!configuration.GetSection(Section).Exists())
        {
            return null;
        }

        var settings = Settings.Read<OidcSettings>(configuration, Section) ?? new OidcSettings();
        return settings.FindProblem() is { } problem ? throw new ConfigurationException($"{Section}:{problem}") : settings;
    }

    private string? FindProblem() =>
        string.IsNullOrWhiteSpace(Authority) ? "Authority is missing: the address of the issuer."
        : !Uri.TryCreate(Authority, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") ? $"Authority is '{Authority}', which is no http or https address."
        : address is { Scheme: "http", IsLoopback: false } ? "Authority must be an https address: anyone who can change the responses of the issuer can make tokens. Only an address of this machine may be http."
        : address.Query.Length > 0 || address.Fragment.Length > 0 || address.UserInfo.Length > 0 ? "Authority is an address without user, query and fragment."
        : string.IsNullOrWhiteSpace(Audience) ? "Audience is missing: what the issuer calls this service. Without it a token for any other service would be accepted."
        : string.IsNullOrWhiteSpace(OwnerClaim) ? "OwnerClaim is empty: the claim that names the owner, such as sub."
        : OwnerPrefix.Length > MaxPrefixChars || OwnerPrefix.Any(char.IsControl)
            ? $"OwnerPrefix must have at most {MaxPrefixChars} characters, and no control characters."
        : string.IsNullOrWhiteSpace(OperatorClaim) != string.IsNullOrWhiteSpace(OperatorValue) ? "OperatorClaim and OperatorValue go together: set both or none."
        : ClockSkew < TimeSpan.Zero || ClockSkew > _maxClockSkew ? $"ClockSkew must be from zero to {_maxClockSkew}."
        : KeyRefresh < _minKeyRefresh || KeyRefresh > _maxKeyRefresh ? $"KeyRefresh must be from {_minKeyRefresh} to {_maxKeyRefresh}."
        : null;
}
