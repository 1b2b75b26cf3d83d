using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Threading.RateLimiting;
using DurableChat.AspNetCore.Tickets;
using Microsoft.AspNetCore.Http.Features;

namespace DurableChat.Server.Limits;

/// <summary>
/// How much one caller may ask of this replica: a bucket for each owner, and one for each address from which
/// unauthenticated requests come, such as those with wrong tokens. A request costs one
/// token and another for each <see cref="BytesPerToken"/> of its body, since a large request is as much work as many
/// small ones. Each replica counts for itself. Thread-safe.
/// </summary>
internal sealed class RequestRate : IDisposable
{
    /// <summary>How many bytes of a body one token pays for.</summary>
    public const int BytesPerToken = 4 * 1024;

    private const int Ipv6NetworkBytes = 8;
    private readonly PartitionedRateLimiter<HttpContext>? _limiter;
    private readonly int _burst;

    /// <summary>Makes the limit.</summary>
    /// <param name="limits">How much.</param>
    /// <param name="isOpen">True if everybody is the same owner, so that there is no caller to count for.</param>
    public RequestRate(HttpLimits limits, bool isOpen)
    {
        _burst = limits.RequestBurst;
        if (isOpen || limits.RequestsPerSecond == 0)
        {
            return;
        }

        var bucket = BucketOf(limits);
        _limiter = PartitionedRateLimiter.Create<HttpContext, string>(
            context => RateLimitPartition.GetTokenBucketLimiter(CallerOf(context), _ => bucket));
    }

    /// <summary>
    /// The bucket of one caller. Tokens come back one by one and not a second's worth at once: a caller that waits for
    /// tokens would send in
    /// bursts, and others would wait behind each.
    /// </summary>
    public static TokenBucketRateLimiterOptions BucketOf(HttpLimits limits) => new()
    {
        TokenLimit = limits.RequestBurst,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1d / limits.RequestsPerSecond),
    };

    /// <summary>Serves a request if its endpoint is not counted, or if its caller has enough tokens left.</summary>
    public async Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        if (_limiter is null || context.GetEndpoint()?.Metadata.GetMetadata<Counted>() is null)
        {
            await next(context);
            return;
        }

        var tokens = TokensFor(context.Request.ContentLength ?? 0);
        using var lease = _limiter.AttemptAcquire(context, tokens);
        if (!lease.IsAcquired)
        {
            await RefuseAsync(context, lease);
            return;
        }

        if (context.Request.ContentLength is null
            && context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false })
        {
            // Chunked: how much comes shows only as it comes. Without a body nothing is ever read.
            context.Request.Body = new CountedBody(context.Request.Body, bytes => Pay(context, bytes));
        }

        await next(context);
    }

    public void Dispose() => _limiter?.Dispose();

    /// <summary>
    /// What a body costs: never more than half of a full bucket, or other requests would keep it from being sent.
    /// </summary>
    private int TokensFor(long bytes) => (int)Math.Min(1 + (bytes / BytesPerToken), Math.Max(1, _burst / 2));

    /// <summary>Pays for the bytes that have come beyond those that were paid for.</summary>
    /// <exception cref="BadHttpRequestException">The caller has no tokens left.</exception>
    private void Pay(HttpContext context, (long Before, long Now) bytes)
    {
        var tokens = TokensFor(bytes.Now) - TokensFor(bytes.Before);
        if (tokens == 0)
        {
            return;
        }

        using var lease = _limiter!.AttemptAcquire(context, tokens);
        if (!lease.IsAcquired)
        {
            SetRetryAfter(context, lease);
            throw new BadHttpRequestException(
                "The body came faster than the rate limit allows.", StatusCodes.Status429TooManyRequests);
        }
    }

    private static string CallerOf(HttpContext context) =>
        (context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? TicketOwner.Find(context)) is { } owner
            ? $"owner {owner}"
            : $"address {NetworkOf(context.Connection.RemoteIpAddress)}";

    /// <summary>One household has all addresses of an IPv6 network, and would otherwise have as many buckets.</summary>
    private static string NetworkOf(IPAddress? address) =>
        address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, Ipv6NetworkBytes))
            : $"{address?.MapToIPv4()}";

    private static async Task RefuseAsync(HttpContext context, RateLimitLease lease)
    {
        SetRetryAfter(context, lease);
        await Results.Problem(
            "Too many requests came from you. Wait as long as Retry-After says.",
            statusCode: StatusCodes.Status429TooManyRequests,
            extensions: new Dictionary<string, object?> { ["code"] = "too_many_requests", ["retryable"] = true })
            .ExecuteAsync(context);
    }

    private static void SetRetryAfter(HttpContext context, RateLimitLease lease)
    {
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var known) ? known : TimeSpan.Zero;
        context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds))
            .ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Marks endpoints whose requests are counted.</summary>
    public sealed class Counted;
}
