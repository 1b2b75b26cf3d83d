using DurableChat.AspNetCore;
using DurableChat.Relays;
using DurableChat.Workers;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace DurableChat.Server;

/// <summary>
/// Listens for other replicas, apart from where users come in. Started before the first heartbeat, which tells its address, and stopped last, when the worker has handed over.
/// </summary>
internal sealed class ClusterListener(ClusterSettings settings, string secret, RelaySource source, WorkerOptions worker) : IHostedService, IAsyncDisposable
{
    private const int MaxRelaysPerConnection = 10_000;

    private static readonly TimeSpan _pingTime = TimeSpan.FromSeconds(30);

    private WebApplication? _app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(settings.Url);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2);
            kestrel.Limits.Http2.MaxStreamsPerConnection = MaxRelaysPerConnection;

            // A relay may have nothing to say for hours. A replica that is gone is found out by its missing answers to pings.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.KeepAlivePingDelay = _pingTime;
            kestrel.Limits.Http2.KeepAlivePingTimeout = _pingTime;
        });
        _app = builder.Build();
        _app.MapDurableChatRelay(source, secret);
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (ListenAddress.IsFailure(exception))
        {
            throw ListenAddress.Explain("Cluster:Url", settings.Url, exception);
        }

        worker.Address = settings.Address?.ToString() ?? _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_app is not null)
        {
            await _app.StopAsync(cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;
}
