using DurableChat.Commits;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.Watching;

/// <summary>Adds the live lists of chats.</summary>
internal static class WatchingServiceCollectionExtensions
{
    public static IServiceCollection AddWatching(this IServiceCollection services) => services
        .AddSingleton<OwnerFeedRegistry>()
        .AddSingleton<INewsObserver>(static provider => provider.GetRequiredService<OwnerFeedRegistry>());
}
