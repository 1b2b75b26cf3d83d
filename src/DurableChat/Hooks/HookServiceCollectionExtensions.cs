using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.Hooks;

/// <summary>Adds what calls the hooks of a host after commits.</summary>
internal static class HookServiceCollectionExtensions
{
    public static IServiceCollection AddHooks(this IServiceCollection services) =>
        services.AddHostedService<CommitHooks>();
}
