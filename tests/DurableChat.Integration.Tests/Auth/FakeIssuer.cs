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

/// <summary>
/// An OpenID Connect issuer: a description, keys that change, and tokens, right ones and wrong ones. As real ones do,
/// it names keys that are not for signatures or not of a known kind, issues tokens
/// without <c>nbf</c> and for several audiences, and can be slow.
/// </summary>
internal sealed class FakeIssuer : IAsyncDisposable
{
    public const string Audience = "durablechat";

    private readonly WebApplication _app;
    private RSA _key = RSA.Create(2048);
    private int _keys = 1;
    private TaskCompletionSource? _held;

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
        app.MapGet("/keys", async () =>
        {
            issuer.Asked++;
            await (issuer._held?.Task ?? Task.CompletedTask);
            return issuer.WriteKeys();
        });
        await app.StartAsync();
        issuer.Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return issuer;
    }

    /// <summary>Answers nobody who asks for the keys until it is let go.</summary>
    public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void LetGo() => _held?.SetResult();

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
            Audiences = { "https://other.example", Audience },
            IssuedAt = at,
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
            "audience" => Issue("eve", token => token.Audiences.Remove(Audience)),
            "no audience" => Issue("eve", token => token.Audiences.Clear()),
            "no owner" => Issue("eve", token => token.Claims.Remove("sub")),
            "two owners" => Issue("eve", token => token.Claims["sub"] = new[] { "eve", "alice" }),
            "control character" => Issue("eve\n"),
            "foreign key" => Issue("eve", token => token.SigningCredentials = new SigningCredentials(new RsaSecurityKey(RSA.Create(2048)) { KeyId = Key.KeyId }, SecurityAlgorithms.RsaSha256)),
            "unknown key" =>
                Issue("eve", token =>
                    token.SigningCredentials = new SigningCredentials(new RsaSecurityKey(RSA.Create(2048)) { KeyId = $"made-up-{Guid.NewGuid()}" }, SecurityAlgorithms.RsaSha256)),
            "public key as secret" => Issue("eve", token => token.SigningCredentials = new SigningCredentials(
                new SymmetricSecurityKey(Encoding.UTF8.GetBytes(_key.ExportSubjectPublicKeyInfoPem())) { KeyId = Key.KeyId }, SecurityAlgorithms.HmacSha256)),
            "unsigned" => $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{Issue("eve").Split('.')[1]}.",
            "critical header" =>
                Issue("eve", token =>
                    token.AdditionalHeaderClaims = new Dictionary<string, object> { ["crit"] = new[] { "exp" } }),
            "empty critical header" =>
                Issue("eve", token =>
                    token.AdditionalHeaderClaims = new Dictionary<string, object> { ["crit"] = Array.Empty<string>() }),
            "subject too long" => Issue(new string('e', 256)),
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
        var parameters = _key.ExportParameters(includePrivateParameters: false);
        var nothing = Base64UrlEncoder.Encode(new byte[32]);
        var (n, e) = (Base64UrlEncoder.Encode(parameters.Modulus), Base64UrlEncoder.Encode(parameters.Exponent));
        object[] keys =
        [
            new { kty = "EC", use = "sig", kid = "of-another-kind", crv = "P-256", x = nothing, y = nothing },
            new { kty = "RSA", use = "enc", kid = "for-encryption", n, e },
            new { kty = "OKP", use = "sig", kid = "unknown-kind", crv = "Ed25519", x = nothing },
            new { kty = "RSA", use = "sig", kid = Key.KeyId, n, e },
        ];
        return Results.Text(JsonSerializer.Serialize(new { keys }), "application/json");
    }

    private static string Change(string token)
    {
        var parts = token.Split('.');
        return $"{parts[0]}.{Base64UrlEncoder.Encode(Base64UrlEncoder.Decode(parts[1]).Replace("eve", "bob", StringComparison.Ordinal))}.{parts[2]}";
    }
}
