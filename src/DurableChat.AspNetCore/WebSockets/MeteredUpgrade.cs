using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DurableChat.AspNetCore.WebSockets;

/// <summary>
/// Puts a meter below the WebSocket of a request. The application's <c>UseWebSockets</c> already holds the connection,
/// so the platform prepares its handshake again over the metered one.
/// </summary>
internal sealed class MeteredUpgrade(IHttpUpgradeFeature inner, ClientMeter meter) : IHttpUpgradeFeature
{
    private static readonly IOptions<WebSocketOptions> _options = Options.Create(new WebSocketOptions());

    /// <inheritdoc/>
    public bool IsUpgradableRequest => inner.IsUpgradableRequest;

    /// <summary>
    /// Meters a request before its WebSocket is accepted. A host without upgrades, such as an in-memory test server,
    /// has no connection to meter.
    /// </summary>
    public static async Task PrepareAsync(HttpContext context, ClientMeter meter)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade)
        {
            return;
        }

        context.Features.Set<IHttpUpgradeFeature>(new MeteredUpgrade(upgrade, meter));
        context.Features.Set<IHttpWebSocketFeature>(null);
        var logs = context.RequestServices.GetRequiredService<ILoggerFactory>();
        await new WebSocketMiddleware(_ => Task.CompletedTask, _options, logs).Invoke(context);
    }

    /// <inheritdoc/>
    public async Task<Stream> UpgradeAsync() => new MeteredStream(await inner.UpgradeAsync(), meter);
}
