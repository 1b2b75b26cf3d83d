using DurableChat.Feeds;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.Relays;

/// <summary>Adds the relays of parts in flight.</summary>
internal static class RelayServiceCollectionExtensions
{
    public static IServiceCollection AddRelays(this IServiceCollection services) => services
        .AddSingleton(static provider => new RelaySource(provider.GetRequiredService<FeedRegistry>()))
        .AddHostedService<RelayManager>();
}
