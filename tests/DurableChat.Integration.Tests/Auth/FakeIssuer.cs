using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace DurableChat.Integration.Tests.Auth;

/// <summary>An OpenID Connect issuer: a description, keys that change, and tokens, right ones and wrong ones.</summary>
internal sealed class FakeIssuer : IAsyncDisposable
{
    public const string Audience = "durablechat";

    private readonly WebApplication _app;
    private RSA _key = RSA.Create(2048);
    private int _keys = 1;

    private FakeIssuer(WebApplication app) => _app = app;

    public string Url { get; private set; } = string.Empty;

    public string[] Settings => [$"Auth:Oidc:Authority={Url}", $"Auth:Oidc:Audience={Audience}"];

    /// <summary>How often somebody asked for the keys.</summary>
    public int Asked { get; private set; }

    private RsaSecurityKey Key => new(_key) { KeyId = $"key-{_keys}" };

    public static async Task<FakeIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var issuer = new FakeIssuer(app);
        app.MapGet("/.well-known/openid-configuration", () => Results.Text(JsonSerializer.Serialize(new { issuer = issuer.Url, jwks_uri = $"{issuer.Url}/keys" }), "application/json"));
        app.MapGet("/keys", issuer.WriteKeys);
        await app.StartAsync();
        issuer.Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return issuer;
    }

    /// <summary>Withdraws the key and signs with another from now on.</summary>
    public void Rotate()
    {
        _key = RSA.Create(2048);
        _keys++;
    }

    public string Issue(string subject, Action<SecurityTokenDescriptor>? change = null, DateTimeOffset? now = null)
    {
        var at = (now ?? TimeProvider.System.GetUtcNow()).UtcDateTime;
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = Url,
            Audience = Audience,
            IssuedAt = at,
            NotBefore = at,
            Expires = at.AddMinutes(5),
            Claims = new Dictionary<string, object> { ["sub"] = subject },
            SigningCredentials = new SigningCredentials(Key, SecurityAlgorithms.RsaSha256),
        };
        change?.Invoke(descriptor);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);
    }

    /// <summary>A token that is wrong in one way.</summary>
    public string IssueWrong(string how)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return how switch
        {
            "expired" => Issue("eve", token => (token.NotBefore, token.Expires) = (now.AddMinutes(-10), now.AddSeconds(-31))),
            "early" => Issue("eve", token => (token.NotBefore, token.Expires) = (now.AddMinutes(1), now.AddMinutes(10))),
            "endless" => Issue("eve", token => token.Expires = null),
            "issuer" => Issue("eve", token => token.Issuer = "https://other.example"),
            "audience" => Issue("eve", token => token.Audience = "other"),
            "no audience" => Issue("eve", token => token.Audience = null),
            "no owner" => Issue("eve", token => token.Claims.Remove("sub")),
            "two owners" => Issue("eve", token => token.Claims["sub"] = new[] { "eve", "alice" }),
            "control character" => Issue("eve\n"),
            "foreign key" => Issue("eve", token => token.SigningCredentials = new SigningCredentials(new RsaSecurityKey(RSA.Create(2048)) { KeyId = Key.KeyId }, SecurityAlgorithms.RsaSha256)),
            "public key as secret" => Issue("eve", token => token.SigningCredentials = new SigningCredentials(
                new SymmetricSecurityKey(Encoding.UTF8.GetBytes(_key.ExportSubjectPublicKeyInfoPem())) { KeyId = Key.KeyId }, SecurityAlgorithms.HmacSha256)),
            "unsigned" => $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{Issue("eve").Split('.')[1]}.",
            "changed" => Change(Issue("eve")),
            _ => throw new ArgumentOutOfRangeException(nameof(how), how, null),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
    }

    private IResult WriteKeys()
    {
        Asked++;
        var parameters = _key.ExportParameters(includePrivateParameters: false);
        return Results.Text(
            JsonSerializer.Serialize(new { keys = new[] { new { kty = "RSA", use = "sig", kid = Key.KeyId, n = Base64UrlEncoder.Encode(parameters.Modulus), e = Base64UrlEncoder.Encode(parameters.Exponent) } } }),
            "application/json");
    }

    private static string Change(string token)
    {
        var parts = token.Split('.');
        return $"{parts[0]}.{Base64UrlEncoder.Encode(Base64UrlEncoder.Decode(parts[1]).Replace("eve", "bob", StringComparison.Ordinal))}.{parts[2]}";
    }
}
