using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DurableChat.Integration.Tests.Auth;
using DurableChat.Server.Auth;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace DurableChat.Fuzz.Tests;

/// <summary>Access tokens as anybody may send them, and what an issuer may say of itself.</summary>
public sealed class TokenFuzzTests
{
    private static readonly string[] _wrongKinds = ["expired", "endless", "audience", "two owners", "unsigned", "critical header", "public key as secret"];

    [Fact]
    public async Task Only_a_token_that_was_issued_opens_anything()
    {
        using var leaks = new Leaks();
        await using var issuer = await FakeIssuer.StartAsync();
        var configured = TokenList.Create();
        await using var server = await FuzzServer.StartAsync(settings:
        [
            "Auth:Tokens:0:Owner=o", $"Auth:Tokens:0:Sha256={TokenList.Hash(configured)}", "Auth:Oidc:KeyRefresh=1.00:00:00",
            "Http:Limits:RequestsPerSecond=1000000", "Http:Limits:RequestBurst=1000000", .. issuer.Settings,
        ]);
        var tomorrow = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(1);
        string[] good =
        [
            configured,
            issuer.Issue("alice", token => token.Expires = tomorrow),
            issuer.Issue("ü☃", token => (token.Expires, token.Claims["scope"]) = (tomorrow, "a b")),
        ];
        string[] all = [.. good, .. _wrongKinds.Select(issuer.IssueWrong)];
        await Fuzz.RunAsync("access tokens", 1_000, 50, async mangler =>
        {
            var token = mangler.Pick(all);
            var header = "Bearer " + (mangler.Chance(15) ? token : Mangle(token, mangler));
            header = mangler.Chance(10) ? mangler.Mangle(header) : header;
            var (status, text) = await server.SendAsync("GET", "/models", change: request => request.Headers.Authorization = header);
            HttpFuzzTests.AssertProblem(status, text);
            if (status == 200)
            {
                Assert.StartsWith("Bearer ", header, StringComparison.OrdinalIgnoreCase);
                var shown = header["Bearer ".Length..].Trim();
                Assert.True(good.Any(issued => IsSame(issued, shown)), $"Opened by '{header}'.");
            }
            else
            {
                Assert.Equal(401, status);
                Assert.False(good.Any(issued => header == $"Bearer {issued}"), $"Refused although issued: '{header}'.");
            }

            return status.ToString(CultureInfo.InvariantCulture);
        });
        await server.AssertAtRestAsync();
        leaks.AssertNone();
    }

    [Fact]
    public async Task Whatever_an_issuer_says_of_itself_is_understood_or_counts_as_away()
    {
        using var leaks = new Leaks();
        await using var issuer = await FakeIssuer.StartAsync();
        var token = issuer.Issue("alice");
        var description = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
        {
            issuer = issuer.Url,
            jwks_uri = $"{issuer.Url}/keys",
            scopes_supported = new[] { "openid" },
            claims_parameter_supported = true,
        }));
        using var http = new HttpClient();
        var keys = await http.GetByteArrayAsync(new Uri($"{issuer.Url}/keys"));
        using var certificate = new ECDsaCertificate();
        byte[][] documents = [keys, certificate.Keys];
        await Fuzz.RunAsync("issuers", 500, 15, async mangler =>
        {
            var known = new IssuerKeys(
                "https://issuer.example/description",
                new Documents(
                    mangler.Chance(50) ? description : mangler.Mangle(description),
                    mangler.Mangle(mangler.Pick(documents))),
                TimeSpan.FromMinutes(15),
                new FakeTimeProvider());
            try
            {
                var read = await known.GetConfigurationAsync(CancellationToken.None);
                await known.LearnAsync(new JsonWebToken(token).Kid, CancellationToken.None);
                var checkedToken = await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
                {
                    ValidIssuer = issuer.Url,
                    ValidAudience = FakeIssuer.Audience,
                    IssuerSigningKeys = read.SigningKeys,
                });
                return checkedToken.IsValid ? "valid" : "invalid";
            }
            catch (IssuerAwayException)
            {
                return "away";
            }
        });
        leaks.AssertNone();
    }

    /// <summary>A JWT is changed within its segments as well, so that it stays one.</summary>
    private static string Mangle(string token, Mangler mangler)
    {
        var parts = token.Split('.');
        if (parts.Length != 3 || mangler.Chance(30))
        {
            return mangler.Mangle(token);
        }

        var at = mangler.Next(parts.Length);
        parts[at] = mangler.Chance(90)
            ? Base64UrlEncoder.Encode(mangler.Mangle(Base64UrlEncoder.DecodeBytes(parts[at])))
            : mangler.Mangle(parts[at]);
        return string.Join('.', parts);
    }

    /// <summary>The last letter of base64 has bits that mean nothing.</summary>
    private static bool IsSame(string issued, string shown) =>
        issued == shown || (issued.Split('.') is { Length: 3 } wanted
            && shown.Split('.') is { Length: 3 } given
            && wanted.Zip(given).All(pair => Decode(pair.First).AsSpan().SequenceEqual(Decode(pair.Second))));

    private static byte[] Decode(string text)
    {
        try
        {
            return Base64UrlEncoder.DecodeBytes(text);
        }
        catch (FormatException)
        {
            return Encoding.UTF8.GetBytes(text);
        }
    }

    private sealed class Documents(byte[] description, byte[] keys) : IDocumentRetriever
    {
        public Task<string> GetDocumentAsync(string address, CancellationToken cancel) =>
            Task.FromResult(Encoding.UTF8.GetString(address.EndsWith("/description", StringComparison.Ordinal) ? description : keys));
    }

    /// <summary>A key of elliptic curves, with a certificate, as some issuers publish theirs.</summary>
    private sealed class ECDsaCertificate : IDisposable
    {
        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public byte[] Keys
        {
            get
            {
                var point = _key.ExportParameters(includePrivateParameters: false).Q;
                var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=issuer", _key, HashAlgorithmName.SHA256);
                using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
                return Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
                {
                    keys = new[]
                    {
                        new
                        {
                            kty = "EC",
                            use = "sig",
                            kid = "key-1",
                            crv = "P-256",
                            x = Base64UrlEncoder.Encode(point.X),
                            y = Base64UrlEncoder.Encode(point.Y),
                            x5c = new[] { Convert.ToBase64String(certificate.RawData) },
                        },
                    },
                }));
            }
        }

        public void Dispose() => _key.Dispose();
    }
}
