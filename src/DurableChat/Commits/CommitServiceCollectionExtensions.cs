using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.Commits;

/// <summary>Adds the path of a command.</summary>
internal static class CommitServiceCollectionExtensions
{
    public static IServiceCollection AddCommits(this IServiceCollection services) =>
        services.AddSingleton<CommitObservers>().AddSingleton<ChatCommitter>();
}
