using System.Security.Cryptography;
using DurableChat.Server.Auth;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace DurableChat.Integration.Tests.Auth;

/// <summary>How often an issuer is asked for its keys, and who waits for it.</summary>
public sealed class IssuerKeysTests
{
    private const string Address = "https://issuer.example/.well-known/openid-configuration";
    private static readonly TimeSpan _refresh = TimeSpan.FromMinutes(15);

    private readonly FakeTimeProvider _time = new();
    private readonly Documents _documents = new();
    private readonly IssuerKeys _keys;

    public IssuerKeysTests() => _keys = new IssuerKeys(Address, _documents, _refresh, _time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_an_issuer_is_away_made_up_tokens_make_the_server_ask_it_now_and_then_only()
    {
        Assert.Equal("https://issuer.example", (await _keys.GetConfigurationAsync(Cancel)).Issuer);
        _documents.IsAway = true;
        _time.Advance(IssuerKeys.UnknownKeyPause);
        var before = _documents.Asked;
        for (var i = 0; i < 20; i++)
        {
            await Assert.ThrowsAsync<IssuerAwayException>(() => _keys.LearnAsync("made up", Cancel));
            Assert.Equal("https://issuer.example", (await _keys.GetConfigurationAsync(Cancel)).Issuer);
        }

        Assert.Equal(1, _documents.Asked - before);
        _time.Advance(IssuerKeys.UnknownKeyPause);
        await Assert.ThrowsAsync<IssuerAwayException>(() => _keys.LearnAsync("made up", Cancel));
        Assert.Equal(2, _documents.Asked - before);
    }

    [Fact]
    public async Task A_new_key_is_learned_at_once_and_a_known_one_costs_nothing()
    {
        await _keys.GetConfigurationAsync(Cancel);
        _documents.KeyId = "second";
        _time.Advance(IssuerKeys.UnknownKeyPause);
        await _keys.LearnAsync("second", Cancel);
        Assert.Equal("second", Assert.Single((await _keys.GetConfigurationAsync(Cancel)).SigningKeys).KeyId);
        var asked = _documents.Asked;
        _time.Advance(IssuerKeys.UnknownKeyPause);
        await _keys.LearnAsync("second", Cancel);
        await _keys.LearnAsync(null, Cancel);
        Assert.Equal(asked, _documents.Asked);
    }

    [Fact]
    public async Task While_nothing_is_known_all_wait_for_one_reading_and_the_next_is_tried_after_a_pause()
    {
        _documents.IsAway = true;
        for (var i = 0; i < 20; i++)
        {
            await Assert.ThrowsAsync<IssuerAwayException>(() => _keys.GetConfigurationAsync(Cancel));
        }

        Assert.Equal(1, _documents.Asked);
        _documents.IsAway = false;
        _time.Advance(IssuerKeys.ShortestPause);
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _keys.GetConfigurationAsync(Cancel)));
        Assert.Single(all.Distinct());
    }

    [Fact]
    public async Task An_issuer_that_names_no_keys_does_not_take_away_those_that_are_known()
    {
        await _keys.GetConfigurationAsync(Cancel);
        _documents.KeyId = null;
        _time.Advance(_refresh);
        await Assert.ThrowsAsync<IssuerAwayException>(() => _keys.LearnAsync("other", Cancel));
        Assert.Single((await _keys.GetConfigurationAsync(Cancel)).SigningKeys);
    }

    [Fact]
    public async Task The_periodic_reading_is_waited_for_by_nobody()
    {
        await _keys.GetConfigurationAsync(Cancel);
        _documents.Hangs = true;
        _documents.KeyId = "second";
        _time.Advance(_refresh);
        Assert.True(_keys.GetConfigurationAsync(Cancel).IsCompletedSuccessfully);
        Assert.True(_keys.GetConfigurationAsync(Cancel).IsCompletedSuccessfully);
    }

    private sealed class Documents : IDocumentRetriever
    {
        private static readonly string _modulus = Base64UrlEncoder.Encode(RSA.Create(2048).ExportParameters(false).Modulus);

        public bool IsAway { get; set; }

        public bool Hangs { get; set; }

        public string? KeyId { get; set; } = "first";

        public int Asked { get; private set; }

        public async Task<string> GetDocumentAsync(string address, CancellationToken cancel)
        {
            if (Hangs)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
            }

            Asked++;
            return IsAway ? throw new IOException("Away.")
                : address == Address ? """{"issuer":"https://issuer.example","jwks_uri":"https://issuer.example/keys"}"""
                : KeyId is null ? """{"keys":[]}"""
                : $$"""{"keys":[{"kty":"RSA","use":"sig","kid":"{{KeyId}}","n":"{{_modulus}}","e":"AQAB"}]}""";
        }
    }
}
