using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Threading.RateLimiting;
using DurableChat.AspNetCore.Tickets;
using Microsoft.AspNetCore.RateLimiting;

namespace DurableChat.Server.Limits;

/// <summary>
/// How many requests one caller may send to this replica: a bucket for each owner, and one for each address from which requests come that nobody is known to have sent, such as those with
/// wrong tokens. Each replica counts for itself.
/// </summary>
internal static class RequestRate
{
    private const string Policy = "requests_per_owner";
    private const int Ipv6NetworkBytes = 8;

    /// <summary>Adds what the limit needs.</summary>
    /// <param name="services">Where.</param>
    /// <param name="limits">How many.</param>
    /// <param name="isOpen">True if everybody is the same owner: that is no caller whose requests could be counted.</param>
    public static void Add(IServiceCollection services, HttpLimits limits, bool isOpen)
    {
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = limits.RequestBurst,
            TokensPerPeriod = Math.Max(1, limits.RequestsPerSecond),
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        };
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = RefuseAsync;
            limiter.AddPolicy(Policy, context => isOpen || limits.RequestsPerSecond == 0
                ? RateLimitPartition.GetNoLimiter(string.Empty)
                : RateLimitPartition.GetTokenBucketLimiter(CallerOf(context), _ => bucket));
        });
    }

    /// <summary>Counts the requests to these endpoints. Health, the page and its files are not counted.</summary>
    public static TBuilder LimitRate<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder => endpoints.RequireRateLimiting(Policy).ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static string CallerOf(HttpContext context) =>
        (context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? TicketOwner.Find(context)) is { } owner ? $"owner {owner}" : $"address {NetworkOf(context.Connection.RemoteIpAddress)}";

    /// <summary>One household has all addresses of an IPv6 network, and would otherwise have as many buckets.</summary>
    private static string NetworkOf(IPAddress? address) =>
        address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, Ipv6NetworkBytes)) : $"{address?.MapToIPv4()}";

    private static async ValueTask RefuseAsync(OnRejectedContext refused, CancellationToken cancellationToken)
    {
        var wait = refused.Lease.TryGetMetadata(MetadataName.RetryAfter, out var told) ? told : TimeSpan.Zero;
        refused.HttpContext.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await Results.Problem(
            "Too many requests came from you. Wait as long as Retry-After says.",
            statusCode: StatusCodes.Status429TooManyRequests,
            extensions: new Dictionary<string, object?> { ["code"] = "too_many_requests", ["retryable"] = true }).ExecuteAsync(refused.HttpContext);
    }
}
