using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DurableChat.AspNetCore;

/// <summary>Adds DurableChat's endpoints to an ASP.NET Core application.</summary>
public static class DurableChatEndpoints
{
    /// <summary>Adds what the endpoints need.</summary>
    public static IServiceCollection AddDurableChatHttp(this IServiceCollection services, DurableChatHttpOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.AddSingleton(options);
        services.AddSingleton(provider => new OwnerStreams(options, provider.GetService<IMeterFactory>()));
        services.AddSingleton<SseWriter>();
        services.AddSingleton<WebSocketWriter>();
        services.AddSingleton<EventStream>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ServerDrain>();
        services.AddHostedService(provider => provider.GetRequiredService<ServerDrain>());
        return services;
    }

    /// <summary>
    /// Maps the endpoints below a prefix. Callers must be authenticated; the name identifier claim is the owner. WebSockets need <c>UseWebSockets</c>.
    /// </summary>
    public static RouteGroupBuilder MapDurableChat(this IEndpointRouteBuilder endpoints, string prefix)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var options = endpoints.ServiceProvider.GetRequiredService<DurableChatHttpOptions>();
        var group = endpoints.MapGroup(prefix).RequireAuthorization().WithTags("DurableChat").ProducesProblem(StatusCodes.Status401Unauthorized);
        group.AddEndpointFilter<StoreFailureFilter>();
        ChatEndpoints.Map(group, options);
        MessageEndpoints.Map(group, options);
        QueueEndpoints.Map(group);
        StreamEndpoints.Map(group);
        ModelEndpoints.Map(group);
        return group;
    }

    /// <summary>
    /// Maps what operators see of the cluster and of this replica below the same prefix. It tells of chats of all owners, so the policy must let operators in only.
    /// </summary>
    public static RouteGroupBuilder MapDurableChatOperations(this IEndpointRouteBuilder endpoints, string prefix, string operatorPolicy)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var group = endpoints.MapGroup(prefix).RequireAuthorization(operatorPolicy).WithTags("Operations").ProducesProblem(StatusCodes.Status401Unauthorized);
        group.AddEndpointFilter<StoreFailureFilter>();
        OperatorEndpoints.Map(group);
        return group;
    }
}
