using DurableChat.AspNetCore.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DurableChat.AspNetCore;

/// <summary>Health checks of DurableChat, for an application's own.</summary>
public static class DurableChatHealthChecks
{
    /// <summary>The tag of all of these checks. They say whether a replica should receive requests.</summary>
    public const string Tag = "durablechat";

    /// <summary>
    /// Adds the checks <c>durablechat_store</c> (the database answers), <c>durablechat_channel</c> (notifications of
    /// other replicas arrive) and <c>durablechat_drain</c> (the application is not shutting down). Without the store
    /// or while it shuts down a replica is unhealthy. Without the channel it is degraded: it works, but learns of
    /// other replicas' commits later. Concurrent checks share one query.
    /// </summary>
    /// <param name="builder">
    /// What <c>AddHealthChecks</c> returned. <c>AddDurableChat</c> must be called as well.
    /// </param>
    /// <param name="tags">Tags in addition to <see cref="Tag"/>.</param>
    public static IHealthChecksBuilder AddDurableChat(
        this IHealthChecksBuilder builder,
        params IEnumerable<string> tags)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<StoreProbe>();
        string[] all = [Tag, .. tags];
        return builder
            .AddCheck<DrainHealthCheck>("durablechat_drain", tags: all)
            .AddCheck<StoreHealthCheck>("durablechat_store", tags: all)
            .AddCheck<ChannelHealthCheck>("durablechat_channel", tags: all);
    }
}
