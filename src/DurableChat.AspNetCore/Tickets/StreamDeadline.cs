using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.Tickets;

/// <summary>When a caller's right to follow a stream ends; set where a ticket says it.</summary>
internal sealed record StreamDeadline(DateTimeOffset? Until)
{
    /// <summary>A timer's limit; a longer stream just ends, and its client comes back.</summary>
    private static readonly TimeSpan _longest = TimeSpan.FromDays(40);

    /// <summary>When the credentials expire that a request came with; null if they do not.</summary>
    public static DateTimeOffset? Of(HttpContext context) => context.Features.Get<StreamDeadline>() is { } ticket
        ? ticket.Until
        : context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc;

    /// <summary>Something that is cancelled then; null if that never comes.</summary>
    public static CancellationTokenSource? Start(HttpContext context, TimeProvider time)
    {
        if (Of(context) is not { } until)
        {
            return null;
        }

        var left = until - time.GetUtcNow();
        return new CancellationTokenSource(left < TimeSpan.Zero ? TimeSpan.Zero : left > _longest ? _longest : left, time);
    }
}
