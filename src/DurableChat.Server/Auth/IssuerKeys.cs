using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace DurableChat.Server.Auth;

/// <summary>
/// What is known of an issuer. A token with an unknown key makes it read anew; how often, the library counts by readings that succeed, so while the issuer is away anybody's made-up tokens would make the
/// server ask it without a pause, and all others wait. Here every wish counts. Thread-safe.
/// </summary>
internal sealed class IssuerKeys(string address, IDocumentRetriever documents, TimeProvider time)
    : ConfigurationManager<OpenIdConnectConfiguration>(address, new OpenIdConnectConfigurationRetriever(), documents)
{
    private long _lastWish = long.MinValue;

    /// <inheritdoc/>
    public override void RequestRefresh()
    {
        var now = time.GetTimestamp();
        var last = Interlocked.Read(ref _lastWish);
        if ((last == long.MinValue || time.GetElapsedTime(last, now) >= RefreshInterval) && Interlocked.CompareExchange(ref _lastWish, now, last) == last)
        {
            base.RequestRefresh();
        }
    }
}
