using System.Diagnostics.Metrics;
using DurableChat.AspNetCore.AiSdk;
using DurableChat.AspNetCore.Bodies;
using DurableChat.AspNetCore.Endpoints;
using DurableChat.AspNetCore.Identity;
using DurableChat.AspNetCore.Streaming;
using DurableChat.AspNetCore.Tickets;
using DurableChat.AspNetCore.Wire;
using DurableChat.Cluster;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DurableChat.AspNetCore;

/// <summary>Adds DurableChat's endpoints to an ASP.NET Core application.</summary>
public static class DurableChatEndpoints
{
    /// <summary>Adds the services that the endpoints need, with existing settings.</summary>
    public static IServiceCollection AddDurableChatHttp(
        this IServiceCollection services,
        DurableChatHttpOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.AddSingleton<IOptionsFactory<DurableChatHttpOptions>>(
            provider => ActivatorUtilities.CreateInstance<GivenHttpOptions>(provider, options));
        return services.AddDurableChatHttp();
    }

    /// <summary>
    /// Adds the services that the endpoints need. Their settings are the options <see cref="DurableChatHttpOptions"/>.
    /// </summary>
    public static IServiceCollection AddDurableChatHttp(this IServiceCollection services)
    {
        services.AddAuthorization();
        services.AddOptions<DurableChatHttpOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<DurableChatHttpOptions>, HttpOptionsValidator>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<DurableChatHttpOptions>>().Value);
        services.TryAddSingleton(OwnerMapping.Default);
        services.AddSingleton<BodyBudget>();
        services.AddSingleton(_ => new BodyLanes(TaskScheduler.Default));
        services.AddSingleton(provider => new OwnerStreams(
            provider.GetRequiredService<DurableChatHttpOptions>(), provider.GetService<IMeterFactory>()));
        services.AddSingleton<WriteHealth>();
        services.AddSingleton<StallGuard>();
        services.AddSingleton<Heartbeats>();
        services.AddSingleton<EventPump>();
        services.AddSingleton<SseWriter>();
        services.AddSingleton<WebSocketWriter>();
        services.AddSingleton<EventStream>();
        services.AddSingleton<AiSdkHistory>();
        services.AddSingleton<AiSdkChats>();
        services.AddSingleton<AiSdkStream>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ServerDrain>();
        services.AddHostedService(provider => provider.GetRequiredService<ServerDrain>());
        services.TryAddSingleton(TicketKeysOf);
        services.AddSingleton<StreamTickets>();
        services.AddSingleton<IAuthorizationHandler, StreamAccess>();
        services.AddSingleton<IValidateOptions<HostOptions>, HostTimeouts>();
        return services;
    }

    /// <summary>
    /// Uses a key that the application has registered, then the configured secret, then keys that need no
    /// configuration.
    /// </summary>
    private static ITicketKeys TicketKeysOf(IServiceProvider services)
    {
        var cluster = services.GetRequiredService<ClusterKeys>();
        return services.GetService<StreamTicketKey>() is { } given ? new SharedTicketKeys(given)
            : cluster.IsConfigured ? new SharedTicketKeys(cluster)
            : services.GetService<IPublicKeyStore>() is { } store
                ? new PublishedTicketKeys(store, services.GetRequiredService<TimeProvider>())
            : cluster.HasSecret ? new SharedTicketKeys(cluster)
            : new SharedTicketKeys(StreamTicketKey.Create());
    }

    /// <summary>
    /// Maps the endpoints below a prefix. Callers must meet the application's default policy and all requirements added
    /// to the returned group. The name identifier claim is the owner, unless
    /// <see cref="DurableChatHttpBuilderExtensions.UseOwner"/> is called. WebSockets need <c>UseWebSockets</c>. A
    /// stream also opens with a ticket, which only a caller who meets all of these requirements can get. A stream ends
    /// when the caller's authentication expires (<c>AuthenticationProperties.ExpiresUtc</c> of its scheme).
    /// </summary>
    /// <exception cref="InvalidOperationException"><c>AddDurableChat</c> was not called.</exception>
    public static RouteGroupBuilder MapDurableChat(this IEndpointRouteBuilder endpoints, string prefix)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var options = endpoints.ServiceProvider.GetService<DurableChatHttpOptions>()
            ?? throw new InvalidOperationException(
                "Call builder.Services.AddDurableChat() before the application is built.");
        var usual = endpoints.ServiceProvider.GetRequiredService<IOptions<AuthorizationOptions>>().Value.DefaultPolicy;
        var group = endpoints.MapGroup(prefix)
            .WithTags("DurableChat")
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        group.AddEndpointFilter<ForeignOriginFilter>().AddEndpointFilter<OwnerFilter>();
        QueryFields.RefuseUnknown(group).AddEndpointFilter<StoreFailureFilter>();
        StreamEndpoints.Map(group, usual);
        var commands = group.MapGroup(string.Empty).RequireAuthorization();
        ChatEndpoints.Map(commands, options);
        MessageEndpoints.Map(commands, options);
        QueueEndpoints.Map(commands);
        StreamTicketEndpoints.Map(commands);
        ModelEndpoints.Map(commands);
        UsageEndpoints.Map(commands);
        return group;
    }

    /// <summary>
    /// Maps the endpoints for clients of the AI SDK, such as an unmodified <c>useChat</c>, at the path that clients
    /// configure as <c>api</c>. Callers are authenticated and mapped to owners as for <see cref="MapDurableChat"/>.
    /// </summary>
    public static RouteGroupBuilder MapDurableChatAiSdk(
        this IEndpointRouteBuilder endpoints,
        string path = "/ai-sdk/chat")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var group = endpoints.MapGroup(path)
            .RequireAuthorization()
            .WithTags("AI SDK")
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        group.AddEndpointFilter<ForeignOriginFilter>().AddEndpointFilter<OwnerFilter>();
        QueryFields.RefuseUnknown(group).AddEndpointFilter<StoreFailureFilter>();
        AiSdkEndpoints.Map(group, endpoints.ServiceProvider.GetRequiredService<DurableChatHttpOptions>());
        return group;
    }

    /// <summary>
    /// Maps the operators' view of the cluster and of this replica below the same prefix. It shows chats of all owners,
    /// so its policy must admit operators only.
    /// </summary>
    public static RouteGroupBuilder MapDurableChatOperations(
        this IEndpointRouteBuilder endpoints,
        string prefix,
        string operatorPolicy)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var group = endpoints.MapGroup(prefix)
            .RequireAuthorization(operatorPolicy)
            .WithTags("Operations")
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        group.AddEndpointFilter<ForeignOriginFilter>();
        QueryFields.RefuseUnknown(group).AddEndpointFilter<StoreFailureFilter>();
        OperatorEndpoints.Map(group);
        return group;
    }
}
