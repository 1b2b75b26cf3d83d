using DurableChat.Cluster;

namespace DurableChat.AspNetCore.Tickets;

/// <summary>
/// Keys that every replica has: a given one, or keys derived from the cluster's secrets, of which the newest signs.
/// Thread-safe.
/// </summary>
internal sealed class SharedTicketKeys : ITicketKeys
{
    private readonly ClusterKeys? _cluster;

    // Replaced as a whole when the secrets change.
    private volatile Known _known;

    public SharedTicketKeys(StreamTicketKey key) => _known = new Known([], [key]);

    public SharedTicketKeys(ClusterKeys cluster)
    {
        _cluster = cluster;
        _known = new Known([], []);
    }

    public async ValueTask<ITicketSigner> GetSignerAsync(CancellationToken cancellationToken) =>
        (await GetAsync(cancellationToken))[0];

    public async ValueTask<ITicketVerifier?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (Find(await GetAsync(cancellationToken), id) is { } known)
        {
            return known;
        }

        // It may belong to a new secret.
        await (_cluster?.RefreshAsync(cancellationToken) ?? Task.CompletedTask);
        return Find(await GetAsync(cancellationToken), id);
    }

    public ITicketVerifier? FindKnown(string id) => Find(_known.Keys, id);

    private static StreamTicketKey? Find(IReadOnlyList<StreamTicketKey> keys, string id) =>
        keys.FirstOrDefault(key => key.Id == id);

    private async ValueTask<IReadOnlyList<StreamTicketKey>> GetAsync(CancellationToken cancellationToken)
    {
        if (_cluster is not null
            && await _cluster.GetAsync(cancellationToken) is var secrets
            && !ReferenceEquals(secrets, _known.Secrets))
        {
            _known = new Known(secrets, [.. secrets.Select(StreamTicketKey.Derive)]);
        }

        return _known.Keys;
    }

    private sealed record Known(IReadOnlyList<string> Secrets, IReadOnlyList<StreamTicketKey> Keys);
}
