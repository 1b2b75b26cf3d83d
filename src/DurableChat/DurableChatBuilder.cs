using DurableChat.Hooks;
using DurableChat.Models;
using DurableChat.Storage;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat;

/// <summary>What <c>AddDurableChat</c> gives back, to say what chats are kept in and answered by. Used while a host is being configured, by one thread.</summary>
public sealed class DurableChatBuilder
{
    internal DurableChatBuilder(IServiceCollection services, DurableChatOptions options)
    {
        Services = services;
        Options = options;
    }

    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The settings. They have been checked; what is changed here afterwards is not.</summary>
    public DurableChatOptions Options { get; }

    /// <summary>
    /// Adds a model that chats can name. The first is the default. If none is added, the <see cref="IChatClient"/> of the services is the only model, named <see cref="ModelCatalog.DefaultName"/>.
    /// </summary>
    /// <param name="name">What chats store and clients send.</param>
    /// <param name="client">How to talk to it. Thread-safe, since all turns share it.</param>
    /// <param name="description">What it is, for people.</param>
    public DurableChatBuilder AddModel(string name, IChatClient client, string? description = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        return AddModel(name, description, _ => client);
    }

    /// <summary>Adds a model that is made of the host's services, once.</summary>
    /// <param name="name">What chats store and clients send.</param>
    /// <param name="description">What it is, for people; null for nothing.</param>
    /// <param name="client">Makes the client, e.g. by asking for a keyed one. Thread-safe, since all turns share it.</param>
    public DurableChatBuilder AddModel(string name, string? description, Func<IServiceProvider, IChatClient> client)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(client);
        Services.AddSingleton(provider => new ModelDefinition(name, client(provider), description));
        return this;
    }

    /// <summary>
    /// Adds a model with all that can be said of it: its settings, and which of them requests may choose.
    /// </summary>
    /// <param name="model">Makes it of the host's services, once.</param>
    public DurableChatBuilder AddModel(Func<IServiceProvider, ModelDefinition> model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Services.AddSingleton(model);
        return this;
    }

    /// <summary>Adds a tool that models may call, and that runs in this process. So does every <see cref="AIFunction"/> among the services.</summary>
    public DurableChatBuilder AddTool(AIFunction tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        Services.AddSingleton(tool);
        return this;
    }

    /// <summary>Adds tools that come and go while the host runs.</summary>
    /// <typeparam name="T">Where they come from; made once, of the host's services.</typeparam>
    public DurableChatBuilder AddToolSource<T>()
        where T : class, IToolSource
    {
        Services.AddSingleton<IToolSource, T>();
        return this;
    }

    /// <summary>Adds a hook that is asked before a turn. Hooks are asked in the order in which they were added.</summary>
    /// <typeparam name="T">The hook; made once, of the host's services.</typeparam>
    public DurableChatBuilder AddTurnHook<T>()
        where T : class, ITurnHook
    {
        Services.AddSingleton<ITurnHook, T>();
        return this;
    }

    /// <summary>Adds a hook that is told of commits. A slow one does not hold up the others.</summary>
    /// <typeparam name="T">The hook; made once, of the host's services, when the host starts.</typeparam>
    public DurableChatBuilder AddCommitHook<T>()
        where T : class, ICommitHook
    {
        Services.AddSingleton<ICommitHook, T>();
        return this;
    }

    /// <summary>Keeps chats in a store of another kind than those of the packages. For authors of stores.</summary>
    /// <typeparam name="T">The store.</typeparam>
    /// <param name="open">Opens it, once; the host disposes of it.</param>
    public DurableChatBuilder UseStore<T>(Func<IServiceProvider, T> open)
        where T : class, IChatStore, ILeaseStore, IRetentionStore, IUsageStore
    {
        if (Services.Any(service => service.ServiceType == typeof(IChatStore)))
        {
            throw new InvalidOperationException("Chats are kept in one store: there is one already.");
        }

        Services.AddSingleton(open);
        Services.AddSingleton<IChatStore>(provider => provider.GetRequiredService<T>());
        Services.AddSingleton<ILeaseStore>(provider => provider.GetRequiredService<T>());
        Services.AddSingleton<IRetentionStore>(provider => provider.GetRequiredService<T>());
        Services.AddSingleton<IUsageStore>(provider => provider.GetRequiredService<T>());
        return this;
    }
}
