using System.Net;
using Microsoft.AspNetCore.Connections;

namespace DurableChat.Server.Limits;

/// <summary>
/// Accepts connections that have a place, and closes others at once. So clients have at most one file more than there
/// are places, for the one that is being accepted.
/// </summary>
internal sealed class CountedListener(IConnectionListener listener, ConnectionPlaces places) : IConnectionListener
{
    /// <inheritdoc/>
    public EndPoint EndPoint => listener.EndPoint;

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await listener.AcceptAsync(cancellationToken) is { } connection)
        {
            if (places.TryEnter(connection) is { } place)
            {
                connection.Features.Set(place);
                return new CountedConnection(connection, place, places);
            }

            connection.Abort(new ConnectionAbortedException("There are as many connections as there may be."));
            await connection.DisposeAsync();
        }

        return null;
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) =>
        listener.UnbindAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => listener.DisposeAsync();
}
