using DurableChat.Server.Auth;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Protocols;
using Xunit;

namespace DurableChat.Integration.Tests.Auth;

/// <summary>How often an issuer is asked for its keys.</summary>
public sealed class IssuerKeysTests
{
    private const string Address = "https://issuer.example/.well-known/openid-configuration";

    static IssuerKeysTests() => AppContext.SetSwitch("Switch.Microsoft.IdentityModel.UpdateConfigAsBlocking", true);

    [Fact]
    public async Task While_an_issuer_is_away_made_up_tokens_make_the_server_ask_it_now_and_then_only()
    {
        var (time, documents) = (new FakeTimeProvider(), new Documents());
        var keys = new IssuerKeys(Address, documents, time) { RefreshInterval = TimeSpan.FromSeconds(1) };
        Assert.Equal("https://issuer.example", (await keys.GetConfigurationAsync(CancellationToken.None)).Issuer);

        // The library has a clock of its own, and spares the issuer for so long after a reading that succeeded.
        await Task.Delay(keys.RefreshInterval * 1.1, TimeProvider.System, TestContext.Current.CancellationToken);
        documents.IsAway = true;
        var before = documents.Asked;
        for (var i = 0; i < 20; i++)
        {
            keys.RequestRefresh();
            Assert.Equal("https://issuer.example", (await keys.GetConfigurationAsync(CancellationToken.None)).Issuer);
        }

        Assert.InRange(documents.Asked - before, 0, 1);
    }

    private sealed class Documents : IDocumentRetriever
    {
        public bool IsAway { get; set; }

        public int Asked { get; private set; }

        public Task<string> GetDocumentAsync(string address, CancellationToken cancel)
        {
            Asked++;
            return IsAway ? Task.FromException<string>(new IOException("Away."))
                : Task.FromResult(address == Address ? """{"issuer":"https://issuer.example","jwks_uri":"https://issuer.example/keys"}""" : """{"keys":[]}""");
        }
    }
}
