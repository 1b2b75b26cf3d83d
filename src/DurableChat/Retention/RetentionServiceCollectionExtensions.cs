using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.Retention;

/// <summary>Adds the automatic deletion of archived chats, and of what deleted chats leave.</summary>
internal static class RetentionServiceCollectionExtensions
{
    public static IServiceCollection AddRetention(this IServiceCollection services) =>
        services.AddHostedService<RetentionSweeper>().AddHostedService<RemainsSweeper>();
}
