using DurableChat.AspNetCore.Cluster;
using DurableChat.AspNetCore.Identity;
using DurableChat.Cluster;
using DurableChat.Relays;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DurableChat.AspNetCore;

/// <summary>Adds DurableChat to a web application.</summary>
public static class DurableChatHttpBuilderExtensions
{
    /// <summary>
    /// Adds everything that <see cref="DurableChatEndpoints.MapDurableChat"/> needs except the store, which is chosen
    /// on the returned builder, and the model. The model is the registered
    /// <see cref="Microsoft.Extensions.AI.IChatClient"/>, unless others are added.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">
    /// Changes the settings; null keeps the defaults. Like all options, they can also be configured with
    /// <c>services.Configure&lt;DurableChatOptions&gt;</c>. They are validated when the application starts.
    /// </param>
    /// <exception cref="InvalidOperationException"><c>AddDurableChat</c> has already been called.</exception>
    public static DurableChatBuilder AddDurableChat(
        this IServiceCollection services,
        Action<DurableChatOptions>? configure = null)
    {
        var builder = services.AddDurableChatCore(configure);
        services.AddDurableChatHttp();
        return builder;
    }

    /// <summary>Changes the settings of the endpoints.</summary>
    /// <param name="builder">The builder that <see cref="AddDurableChat"/> returned.</param>
    /// <param name="configure">Changes the settings. They are validated when the application starts.</param>
    public static DurableChatBuilder ConfigureHttp(
        this DurableChatBuilder builder,
        Action<DurableChatHttpOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.Configure(configure);
        return builder;
    }

    /// <summary>Sets how the owner of a request is determined. By default it is the name identifier claim.</summary>
    /// <param name="builder">The builder that <see cref="AddDurableChat"/> returned.</param>
    /// <param name="find">
    /// Returns the owner of a request: 1 to 319 characters, the same for all requests of a person, different from every
    /// other person's, and never a value that the caller can choose. Null refuses the request with 403. Called
    /// concurrently.
    /// </param>
    public static DurableChatBuilder UseOwner(this DurableChatBuilder builder, Func<HttpContext, string?> find)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(find);
        builder.Services.Replace(ServiceDescriptor.Singleton(new OwnerMapping(find)));
        return builder;
    }

    /// <summary>
    /// Makes this process one of several replicas. It listens for the others at a separate address, and receives from
    /// them the answers that they generate. The replicas must share the store.
    /// </summary>
    /// <param name="builder">The builder that <see cref="AddDurableChat"/> returned.</param>
    /// <param name="configure">
    /// Changes the settings; null keeps the defaults, which suit replicas on one machine. They are validated when the
    /// application starts.
    /// </param>
    public static DurableChatBuilder UseRelay(this DurableChatBuilder builder, Action<RelayOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<RelayOptions>().ValidateOnStart().Configure(configure ?? (static _ => { }));
        services.AddSingleton<IValidateOptions<RelayOptions>, HttpOptionsValidator>();
        services.Replace(ServiceDescriptor.Singleton(static provider => new ClusterKeys(
            provider.GetService<IClusterIdentity>(),
            Options(provider).Secrets,
            provider.GetRequiredService<TimeProvider>())));
        services.AddSingleton<IRelay>(provider => new HttpRelay(provider.GetRequiredService<ClusterKeys>()));
        services.AddSingleton(provider => new RelayListener(
            Options(provider),
            provider.GetRequiredService<ClusterKeys>(),
            provider.GetRequiredService<RelaySource>(),
            provider.GetRequiredService<DurableChatOptions>().Worker));

        // Starts before the first heartbeat, which contains its address, and stops last, after the worker's handover.
        services.Insert(
            0, ServiceDescriptor.Singleton<IHostedService>(provider => provider.GetRequiredService<RelayListener>()));
        return builder;

        static RelayOptions Options(IServiceProvider provider) =>
            provider.GetRequiredService<IOptions<RelayOptions>>().Value;
    }
}
