using System.Net.Sockets;
using DurableChat.Cluster;
using DurableChat.Relays;
using DurableChat.Workers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.AspNetCore.Cluster;

/// <summary>Listens for other replicas, on an address of its own apart from the users'.</summary>
internal sealed class RelayListener(RelayOptions options, ClusterKeys keys, RelaySource source, WorkerOptions worker)
    : IHostedService, IAsyncDisposable
{
    private const int MaxRelaysPerConnection = 10_000;

    private static readonly TimeSpan _pingTime = TimeSpan.FromSeconds(30);

    private WebApplication? _app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Fails here, and not at the first relay, if the database is unreachable.
        await keys.GetAsync(cancellationToken);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(options.Url);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2);
            kestrel.Limits.Http2.MaxStreamsPerConnection = MaxRelaysPerConnection;

            // A relay may be idle for hours. A dead replica is detected by its missing ping replies.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.KeepAlivePingDelay = _pingTime;
            kestrel.Limits.Http2.KeepAlivePingTimeout = _pingTime;
        });
        _app = builder.Build();
        RelayEndpoint.Map(_app, source, keys);
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (options.ExplainFailure is not null
            && exception is (IOException or SocketException))
        {
            throw options.ExplainFailure(exception);
        }

        worker.Address = options.Address?.ToString()
            ?? _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
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
