using DurableChat.AspNetCore.Cluster;
using DurableChat.Cluster;
using DurableChat.Relays;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace DurableChat.AspNetCore;

/// <summary>Adds DurableChat to a web application.</summary>
public static class DurableChatHttpBuilderExtensions
{
    /// <summary>
    /// Adds everything that <see cref="DurableChatEndpoints.MapDurableChat"/> needs but the store, which is chosen on what this gives back, and the model: the <see cref="Microsoft.Extensions.AI.IChatClient"/>
    /// of the services, unless others are added.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Changes the settings; null leaves the defaults.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    /// <exception cref="InvalidOperationException">It was added before.</exception>
    public static DurableChatBuilder AddDurableChat(this IServiceCollection services, Action<DurableChatOptions>? configure = null)
    {
        var builder = services.AddDurableChatCore(configure);
        services.AddDurableChatHttp(new DurableChatHttpOptions());
        return builder;
    }

    /// <summary>Changes the settings of the endpoints.</summary>
    /// <param name="builder">What <see cref="AddDurableChat"/> gave back.</param>
    /// <param name="configure">Changes them.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public static DurableChatBuilder ConfigureHttp(this DurableChatBuilder builder, Action<DurableChatHttpOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = (DurableChatHttpOptions)builder.Services.Last(service => service.ServiceType == typeof(DurableChatHttpOptions)).ImplementationInstance!;
        configure(options);
        return options.Validate() is [_, ..] problems ? throw new ArgumentException(string.Join(' ', problems), nameof(configure)) : builder;
    }

    /// <summary>Says whose chats a request is about. By default it is the name identifier claim.</summary>
    /// <param name="builder">What <see cref="AddDurableChat"/> gave back.</param>
    /// <param name="find">
    /// The owner of a request: 1 to 319 characters, the same for all requests of the same person, different from
    /// everybody else's, and never one that the caller can choose. Null refuses the request
    /// with 403. Called for many requests at once.
    /// </param>
    public static DurableChatBuilder UseOwner(this DurableChatBuilder builder, Func<HttpContext, string?> find)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(find);
        builder.Services.Replace(ServiceDescriptor.Singleton(new OwnerMapping(find)));
        return builder;
    }

    /// <summary>
    /// Makes this process one of several replicas: it listens for the others at an address of its own, and gets from them the answers that they make. The store must be one that replicas share.
    /// </summary>
    /// <param name="builder">What <see cref="AddDurableChat"/> gave back.</param>
    /// <param name="configure">Changes the settings; null leaves them: they suit replicas on one machine.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public static DurableChatBuilder UseRelay(this DurableChatBuilder builder, Action<RelayOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new RelayOptions();
        configure?.Invoke(options);
        if (options.Validate() is [_, ..] problems)
        {
            throw new ArgumentException(string.Join(' ', problems), nameof(configure));
        }

        var services = builder.Services;
        services.Replace(ServiceDescriptor.Singleton(provider => new ClusterKeys(
            provider.GetService<IClusterIdentity>(),
            new[] { options.Secret, options.PreviousSecret }.OfType<string>(),
            provider.GetRequiredService<TimeProvider>())));
        services.AddSingleton<IRelay>(provider => new HttpRelay(provider.GetRequiredService<ClusterKeys>()));
        services.AddSingleton(provider => new RelayListener(
            options,
            provider.GetRequiredService<ClusterKeys>(),
            provider.GetRequiredService<RelaySource>(),
            builder.Options.Worker));

        // Started before the first heartbeat, which tells its address, and stopped last, when the worker has handed over.
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(provider => provider.GetRequiredService<RelayListener>()));
        return builder;
    }
}
