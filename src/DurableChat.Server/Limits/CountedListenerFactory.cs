using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace DurableChat.Server.Limits;

/// <summary>
/// Listens on sockets as the web server does by default, and counts connections where they are accepted. A busy process
/// accepts faster than its pipeline begins with connections, and would run out of files before it has counted them.
/// </summary>
internal sealed class CountedListenerFactory(
    ConnectionPlaces places,
    IOptions<SocketTransportOptions> options,
    ILoggerFactory logger)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly SocketTransportFactory _sockets = new(options, logger);

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => _sockets.CanBind(endpoint);

    /// <inheritdoc/>
    public async ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint,
        CancellationToken cancellationToken = default)
    {
        var listener = await _sockets.BindAsync(endpoint, cancellationToken);
        return places.Most > 0 ? new CountedListener(listener, places) : listener;
    }
}
