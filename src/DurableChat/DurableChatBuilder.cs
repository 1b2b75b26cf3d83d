using DurableChat.Hooks;
using DurableChat.Models;
using DurableChat.Storage;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat;

/// <summary>
/// Configures the store, models and tools after <c>AddDurableChat</c>. Not thread-safe: use it while configuring the
/// host.
/// </summary>
public sealed class DurableChatBuilder
{
    internal DurableChatBuilder(IServiceCollection services) => Services = services;

    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Adds a model that chats can use. The first is the default. If none is added, the <see cref="IChatClient"/> from
    /// the services is the only model, named <see cref="ModelCatalog.DefaultName"/>.
    /// </summary>
    /// <param name="name">The name that chats store and clients send.</param>
    /// <param name="client">The client for the model. Must be thread-safe, because all turns share it.</param>
    /// <param name="description">A description for users.</param>
    public DurableChatBuilder AddModel(string name, IChatClient client, string? description = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        return AddModel(name, description, _ => client);
    }

    /// <summary>Adds a model whose client is created once from the host's services.</summary>
    /// <param name="name">The name that chats store and clients send.</param>
    /// <param name="description">A description for users. Null for none.</param>
    /// <param name="client">
    /// Creates the client, e.g. by resolving a keyed service. The client must be thread-safe, because all turns share
    /// it.
    /// </param>
    public DurableChatBuilder AddModel(string name, string? description, Func<IServiceProvider, IChatClient> client)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(client);
        Services.AddSingleton(provider => new ModelDefinition(name, client(provider), description));
        return this;
    }

    /// <summary>
    /// Adds a model with a full definition, including its settings and those that requests may choose.
    /// </summary>
    /// <param name="model">Creates the definition once from the host's services.</param>
    public DurableChatBuilder AddModel(Func<IServiceProvider, ModelDefinition> model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Services.AddSingleton(model);
        return this;
    }

    /// <summary>
    /// Adds a tool that models may call and that runs in this process. Every registered <see cref="AIFunction"/>
    /// service is added in the same way.
    /// </summary>
    public DurableChatBuilder AddTool(AIFunction tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        Services.AddSingleton(tool);
        return this;
    }

    /// <summary>Adds a source of tools that can change while the host runs.</summary>
    /// <typeparam name="T">The source. Created once from the host's services.</typeparam>
    public DurableChatBuilder AddToolSource<T>()
        where T : class, IToolSource
    {
        Services.AddSingleton<IToolSource, T>();
        return this;
    }

    /// <summary>Adds a hook that runs before each turn. Hooks run in the order in which they were added.</summary>
    /// <typeparam name="T">The hook. Created once from the host's services.</typeparam>
    public DurableChatBuilder AddTurnHook<T>()
        where T : class, ITurnHook
    {
        Services.AddSingleton<ITurnHook, T>();
        return this;
    }

    /// <summary>Adds a hook that is notified of commits. A slow hook does not delay the others.</summary>
    /// <typeparam name="T">The hook. Created once from the host's services when the host starts.</typeparam>
    public DurableChatBuilder AddCommitHook<T>()
        where T : class, ICommitHook
    {
        Services.AddSingleton<ICommitHook, T>();
        return this;
    }

    /// <summary>Uses a custom store instead of those in the packages. For authors of stores.</summary>
    /// <typeparam name="T">The store.</typeparam>
    /// <param name="open">Opens the store once. The host disposes it.</param>
    public DurableChatBuilder UseStore<T>(Func<IServiceProvider, T> open)
        where T : class, IChatStore, ILeaseStore, IRetentionStore, IUsageStore
    {
        if (Services.HasStore())
        {
            throw new InvalidOperationException("Chats are kept in one store: there is one already.");
        }

        Services.AddSingleton(open);
        Services.AddSingleton<IChatStore>(provider => provider.GetRequiredService<T>());
        Services.AddSingleton<ILeaseStore>(provider => provider.GetRequiredService<T>());
        Services.AddSingleton<IRetentionStore>(provider => provider.GetRequiredService<T>());
        Services.AddSingleton<IUsageStore>(provider => provider.GetRequiredService<T>());
        if (typeof(T).IsAssignableTo(typeof(ICheckpointStore)))
        {
            Services.AddSingleton(provider => (ICheckpointStore)provider.GetRequiredService<T>());
        }

        return this;
    }
}
