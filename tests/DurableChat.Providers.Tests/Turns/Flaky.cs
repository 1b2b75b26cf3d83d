using System.Net;

namespace DurableChat.Providers.Tests.Turns;

/// <summary>The network before a provider: while it is down, requests are answered with 503.</summary>
internal sealed class Flaky(HttpMessageHandler provider) : HttpMessageHandler
{
    private readonly HttpMessageInvoker _provider = new(provider, disposeHandler: false);
    private int _carried;

    public bool IsDown { get; set; }

    /// <summary>From which request on it is down, by the number of those carried; null for none.</summary>
    public int? DownAfter { get; set; }

    /// <summary>How many requests the provider got.</summary>
    public int Carried => _carried;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (IsDown || _carried >= DownAfter)
        {
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
        }

        _carried++;
        return _provider.SendAsync(request, cancellationToken);
    }
}
