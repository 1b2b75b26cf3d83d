using DurableChat.AspNetCore;
using DurableChat.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DurableChat.Server.Stores;

/// <summary>Observes whether heartbeats succeed: they are the only writes of an idle replica. Thread-safe.</summary>
internal sealed class WatchedLeases(ILeaseStore leases, WriteHealth writes) : ILeaseStore
{
    /// <summary>Wraps the registered store.</summary>
    public static void Add(IServiceCollection services)
    {
        var added = services.Last(service => service.ServiceType == typeof(ILeaseStore)).ImplementationFactory!;
        services.Replace(ServiceDescriptor.Singleton<ILeaseStore>(provider => new WatchedLeases((ILeaseStore)added(provider), provider.GetRequiredService<WriteHealth>())));
    }

    /// <inheritdoc/>
    public async Task HeartbeatAsync(string replica, string? address, TimeSpan leaseDuration, CancellationToken cancellationToken)
    {
        try
        {
            await leases.HeartbeatAsync(replica, address, leaseDuration, cancellationToken);
            writes.Succeeded();
        }
        catch (ChatStoreException exception)
        {
            writes.Failed(exception);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<string?> FindAddressAsync(string replica, CancellationToken cancellationToken) => leases.FindAddressAsync(replica, cancellationToken);

    /// <inheritdoc/>
    public Task RetireAsync(string replica, CancellationToken cancellationToken) => leases.RetireAsync(replica, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ReplicaInfo>> ListReplicasAsync(int limit, CancellationToken cancellationToken) => leases.ListReplicasAsync(limit, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<HeldLease>> ListLeasesAsync(string replica, CancellationToken cancellationToken) => leases.ListLeasesAsync(replica, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ClaimableChat>> FindClaimableAsync(ClaimQuery query, CancellationToken cancellationToken) => leases.FindClaimableAsync(query, cancellationToken);
}
